kubectl create namespace shop
kubectl create serviceaccount reader -n shop
kubectl create role pods-reader -n shop --verb=get,list,watch --resource=pods
kubectl create rolebinding reader -n shop --role=pods-reader --serviceaccount=shop:reader

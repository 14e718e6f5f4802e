kubectl create clusterrole nodes-reader --verb=get,list --resource=nodes
kubectl create rolebinding nodes -n shop --clusterrole=nodes-reader --serviceaccount=shop:reader
kubectl create clusterrolebinding nodes --clusterrole=nodes-reader --serviceaccount=shop:reader

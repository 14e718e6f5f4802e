kubectl create configmap treasure --from-literal=where=cave
sh etcd.sh get /registry/configmaps/default --prefix --keys-only
sh etcd.sh get /registry/configmaps/default/treasure --print-value-only | strings
kubectl create secret generic key --from-literal=pin=1234
sh etcd.sh get /registry/secrets/default/key --print-value-only | strings > answer

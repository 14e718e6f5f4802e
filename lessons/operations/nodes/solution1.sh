kubectl create deployment web --image=nginx --replicas=4
kubectl cordon node01
kubectl drain node01
kubectl drain node01 --ignore-daemonsets
kubectl rollout status deployment web --timeout=120s

kubectl create deployment web --image=nginx --replicas=2
sed -i 's/kube-schedular/kube-scheduler/' /etc/kubernetes/manifests/kube-scheduler.yaml
sleep 40
kubectl rollout status deployment web --timeout=120s

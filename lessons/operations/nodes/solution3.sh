kubectl uncordon node01
kubectl delete pdb web
kubectl rollout restart deployment web
ssh node01 systemctl stop kubelet
sleep 380
kubectl get pods -o wide
ssh node01 systemctl start kubelet
kubectl wait --for=condition=Ready node/node01 --timeout=60s
sleep 40

kubectl expose deployment kubia --name=kubia-nodeport --type=NodePort --port=80 --target-port=8080
kubectl expose deployment kubia --name=kubia-headless --cluster-ip=None --port=80 --target-port=8080

cd
kubectl logs kubia
kubectl exec kubia -- hostname
kubectl exec kubia -- hostname -i > answer

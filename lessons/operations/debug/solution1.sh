kubectl exec box -- sh
kubectl debug box --image=busybox -c guest --target=box --profile=general -- sleep 1d
kubectl exec box -c guest -- ps
sleep 5
kubectl exec box -c guest -- netstat -ltn
echo 9898 > answer

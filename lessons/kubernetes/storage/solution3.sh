kubectl delete pod writer --now
kubectl delete pvc data
sleep 5
kubectl patch pv disk-1 -p '{"spec":{"claimRef":null}}'
sleep 5

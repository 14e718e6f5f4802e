kubectl get csr anna -o jsonpath={.status.certificate} | base64 -d > anna.crt
kubectl config set-credentials anna --client-key=anna.key --client-certificate=anna.crt --embed-certs=true
kubectl config set-context anna --cluster=kubernetes --user=anna
kubectl --context=anna get pods
kubectl --context=anna auth whoami
echo system:authenticated > answer

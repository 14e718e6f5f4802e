openssl genrsa -out anna.key 2048
openssl req -new -key anna.key -out anna.csr -subj "/CN=anna/O=developers"
sh csr.sh | kubectl apply -f -
kubectl certificate approve anna
sleep 2

kubectl get secret shop -o jsonpath='{.data.PASSWORD}' | base64 -d > ~/answer

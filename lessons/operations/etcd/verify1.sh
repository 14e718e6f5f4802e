kubectl get secret key >/dev/null 2>&1 || { echo "There is no Secret key yet."; exit 1; }
grep -aq 1234 answer 2>/dev/null || { echo "The file answer does not hold the pin as it stands in etcd."; exit 1; }

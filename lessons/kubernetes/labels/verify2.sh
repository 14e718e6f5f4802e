kubectl get pod plain >/dev/null 2>&1 || { echo "The Pod plain should stay."; exit 1; }
kubectl get pod kubia-manual-v2 >/dev/null 2>&1 && { echo "kubia-manual-v2 is still there."; exit 1; }
exit 0

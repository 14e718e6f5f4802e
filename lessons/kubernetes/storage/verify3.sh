kubectl get pvc data >/dev/null 2>&1 && { echo "The claim data is still there."; exit 1; }
[ "$(kubectl get pv disk-1 -o jsonpath='{.status.phase}' 2>/dev/null)" = Available ] || { echo "The volume disk-1 is not Available."; exit 1; }

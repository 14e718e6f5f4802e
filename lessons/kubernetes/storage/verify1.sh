[ "$(kubectl get pvc data -o jsonpath='{.status.phase}/{.spec.volumeName}' 2>/dev/null)" = Bound/disk-1 ] || { echo "The claim data is not bound to the volume disk-1."; exit 1; }

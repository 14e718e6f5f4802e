[ "$(cat ~/answer 2>/dev/null)" = kept ] || { echo "The file answer does not hold the note."; exit 1; }
kubectl get pod writer >/dev/null 2>&1 || { echo "The Pod writer is not there."; exit 1; }

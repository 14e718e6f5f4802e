kubectl exec front -- curl -s --max-time 2 http://api >/dev/null 2>&1 || { echo "front does not reach api."; exit 1; }
kubectl exec api -c tools -- nc -z -w 2 db 6379 >/dev/null 2>&1 || { echo "api does not reach db on port 6379."; exit 1; }
kubectl exec front -- nc -z -w 2 db 6379 >/dev/null 2>&1 && { echo "front reaches db, too: allow only app=api."; exit 1; }
exit 0

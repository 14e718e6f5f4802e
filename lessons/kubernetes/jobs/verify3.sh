[ "$(kubectl get cronjob clock -o jsonpath='{.spec.schedule}' 2>/dev/null)" = "* * * * *" ] || { echo "There is no CronJob clock that runs every minute."; exit 1; }
[ "$(kubectl get job now -o jsonpath='{.status.succeeded}' 2>/dev/null)" = 1 ] || { echo "The Job now has not run yet."; exit 1; }

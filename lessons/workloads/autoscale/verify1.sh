kubectl get hpa php-apache >/dev/null 2>&1 || { echo "There is no HorizontalPodAutoscaler php-apache yet."; exit 1; }
kubectl top pods >/dev/null 2>&1 || { echo "kubectl top has no numbers yet: is metrics-server there, and has it had a minute?"; exit 1; }
[ -n "$(kubectl get hpa php-apache -o jsonpath='{.status.currentMetrics[0].resource.current.averageUtilization}')" ] || { echo "The autoscaler has no number yet. Give it half a minute."; exit 1; }

kubectl create cronjob clock --image=busybox --schedule='* * * * *' -- date
kubectl create job now --from=cronjob/clock
kubectl wait --for=condition=Complete job/now --timeout=120s

kubectl delete pods -l creation_method=manual

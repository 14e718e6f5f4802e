kubectl create priorityclass polite --value=2000 --preemption-policy=Never

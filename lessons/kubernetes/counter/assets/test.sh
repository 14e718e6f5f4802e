url=$(minikube service hello-node --url)
for i in $(seq 60); do
  curl -s --max-time 2 "$url" || echo "no answer"
done | sort | uniq -c

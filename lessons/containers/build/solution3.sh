docker run --name kubia-container -p 8080:8080 -d kubia
sleep 1
curl localhost:8080

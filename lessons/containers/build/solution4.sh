cd
sed -i "s/You've hit/Hello from/" app.js
docker build -t kubia .
docker rm -f kubia-container
docker run --name kubia-container -p 8080:8080 -d kubia
sleep 1
curl localhost:8080

ps aux | grep app.js
docker stop kubia-container

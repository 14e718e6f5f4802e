cd
docker run -d --name app -v /webapp training/webapp python app.py
docker volume ls
docker inspect -f '{{(index .Mounts 0).Name}}' app > name.txt

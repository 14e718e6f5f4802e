docker run -d --name web2 -v /src/webapp:/webapp training/webapp python app.py
ls -ld /src/webapp
sudo sh -c 'echo from outside > /src/webapp/hello.txt'
docker run --rm -v /src/webapp:/webapp busybox cat /webapp/hello.txt

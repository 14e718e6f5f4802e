const http = require('http')
const os = require('os')

http
  .createServer((request, response) => {
    response.end(`Hello from ${os.hostname()}\n`)
  })
  .listen(8080)

// `npm start`: from a fresh clone to a running page. Installs what is missing, builds, serves, prints the address.
import { generate, installPackages, run } from './install.mjs'
import { serve } from './serve.mjs'

installPackages()
generate()
run('npx', ['vite', 'build', '--logLevel', 'warn'])
const wanted = Number(process.env.PORT ?? 4173)
const server = await serve(wanted).catch((error) => {
  if (error.code !== 'EADDRINUSE' || process.env.PORT) throw error
  return serve(0)
})
console.log(`Drydock is ready: http://localhost:${server.address().port}/`)

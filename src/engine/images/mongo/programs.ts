/** Every program of the mongo images; fetched when the first of them is started. */
export { entrypoint } from './entrypoint.ts'
export { server } from './server.ts'
export { shell } from './shell.ts'
export { mongodump, mongoexport, mongoimport, mongorestore } from './tools.ts'

#!/usr/bin/env node
// The interfaces of docker's plugins (buildx, compose), which are no part of the docker binary: help as recorded in recordings/docker, and for
// commands without a recording as compose's own reference describes them. Usage: node scripts/docker-plugin-help.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const { steps } = JSON.parse(readFileSync('recordings/docker/help-plugins.golden.json', 'utf8'))
const help = {}
for (const { cmd, stdout } of steps) {
  const [, path] = /^docker (build|(?:buildx|compose)[\w -]*?) --help$/.exec(cmd) ?? []
  if (path && stdout) help[path] = stdout
}

const builder = '--builder string|Override the configured builder instance'
const debug = '-D, --debug|Enable debug logging'
const dryRun = '--dry-run|Execute command in dry run mode'
const described = {
  'compose up': [
    '[OPTIONS] [SERVICE...]',
    'Create and start containers',
    [
      '--abort-on-container-exit|Stops all containers if any container was stopped. Incompatible with -d',
      '--abort-on-container-failure|Stops all containers if any container exited with failure. Incompatible with -d',
      '--always-recreate-deps|Recreate dependent containers. Incompatible with --no-recreate.',
      '--attach stringArray|Restrict attaching to the specified services. Incompatible with --attach-dependencies.',
      '--attach-dependencies|Automatically attach to log output of dependent services',
      '--build|Build images before starting containers',
      '-d, --detach|Detached mode: Run containers in the background',
      dryRun,
      '--exit-code-from string|Return the exit code of the selected service container. Implies --abort-on-container-exit',
      "--force-recreate|Recreate containers even if their configuration and image haven't changed",
      '--menu|Enable interactive shortcuts when running attached. Incompatible with --detach. Can also be enable/disable by setting COMPOSE_MENU environment var.',
      '--no-attach stringArray|Do not attach (stream logs) to the specified services',
      "--no-build|Don't build an image, even if it's policy",
      '--no-color|Produce monochrome output',
      "--no-deps|Don't start linked services",
      "--no-log-prefix|Don't print prefix in logs",
      "--no-recreate|If containers already exist, don't recreate them. Incompatible with --force-recreate.",
      "--no-start|Don't start the services after creating them",
      '--pull string|Pull image before running ("always"|"missing"|"never") (default "policy")',
      '--quiet-build|Suppress the build output',
      '--quiet-pull|Pull without printing progress information',
      '--remove-orphans|Remove containers for services not defined in the Compose file',
      '-V, --renew-anon-volumes|Recreate anonymous volumes instead of retrieving data from the previous containers',
      '--scale stringArray|Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present.',
      '-t, --timeout int|Use this timeout in seconds for container shutdown when attached or when containers are already running',
      '--timestamps|Show timestamps',
      '--wait|Wait for services to be running|healthy. Implies detached mode.',
      '--wait-timeout int|Maximum duration in seconds to wait for the project to be running|healthy',
      '-w, --watch|Watch source code and rebuild/refresh containers when files are updated.',
      '-y, --yes|Assume "yes" as answer to all prompts and run non-interactively',
    ],
  ],
  'compose ps': [
    '[OPTIONS] [SERVICE...]',
    'List containers',
    [
      '-a, --all|Show all stopped containers (including those created by the run command)',
      dryRun,
      '--filter string|Filter services by a property (supported filters: status)',
      '--format string|Format output using a custom template (default "table")',
      "--no-trunc|Don't truncate output",
      '--orphans|Include orphaned services (not declared by project) (default true)',
      '-q, --quiet|Only display IDs',
      '--services|Display services',
      '--status stringArray|Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]',
    ],
  ],
  'compose exec': [
    '[OPTIONS] SERVICE COMMAND [ARGS...]',
    'Execute a command in a running container',
    [
      '-d, --detach|Detached mode: Run command in the background',
      dryRun,
      '-e, --env stringArray|Set environment variables',
      '--index int|Index of the container if service has multiple replicas',
      '-T, --no-tty|Disable pseudo-TTY allocation. By default docker compose exec allocates a TTY. (default true)',
      '--privileged|Give extended privileges to the process',
      '-u, --user string|Run the command as this user',
      '-w, --workdir string|Path to workdir directory for this command',
    ],
  ],
  'compose build': [
    '[OPTIONS] [SERVICE...]',
    'Build or rebuild services',
    [
      '--build-arg stringArray|Set build-time variables for services',
      '--builder string|Set builder to use',
      '--check|Check build configuration',
      dryRun,
      '-m, --memory bytes|Set memory limit for the build container. Not supported by BuildKit.',
      '--no-cache|Do not use cache when building the image',
      '--print|Print equivalent bake file',
      '--provenance string|Add a provenance attestation',
      '--pull|Always attempt to pull a newer version of the image',
      '--push|Push service images',
      '-q, --quiet|Suppress the build output',
      '--sbom string|Add a SBOM attestation',
      "--ssh string|Set SSH authentications used when building service images. (use 'default' for using your default SSH Agent)",
      '--with-dependencies|Also build dependencies (transitively)',
    ],
  ],
  'compose push': [
    '[OPTIONS] [SERVICE...]',
    'Push service images',
    [
      dryRun,
      '--ignore-push-failures|Push what it can and ignores images with push failures',
      '--include-deps|Also push images of services declared as dependencies',
      '-q, --quiet|Push without printing progress information',
    ],
  ],
  'compose stop': ['[OPTIONS] [SERVICE...]', 'Stop services', [dryRun, '-t, --timeout int|Specify a shutdown timeout in seconds']],
  'compose kill': [
    '[OPTIONS] [SERVICE...]',
    'Force stop service containers',
    [
      dryRun,
      '--remove-orphans|Remove containers for services not defined in the Compose file',
      '-s, --signal string|SIGNAL to send to the container (default "SIGKILL")',
    ],
  ],
  'compose images': [
    '[OPTIONS] [SERVICE...]',
    'List images used by the created containers',
    [dryRun, '--format string|Format the output. Values: [table | json] (default "table")', '-q, --quiet|Only display IDs'],
  ],
  'compose scale': ['[SERVICE=REPLICAS...]', 'Scale services', [dryRun, "--no-deps|Don't start linked services"]],
  'compose unpause': ['[SERVICE...]', 'Unpause services', [dryRun]],
  'compose attach': [
    '[OPTIONS] SERVICE',
    "Attach local standard input, output, and error streams to a service's running container",
    [
      '--detach-keys string|Override the key sequence for detaching from a container.',
      dryRun,
      '--index int|index of the container if service has multiple replicas.',
      '--no-stdin|Do not attach STDIN',
      '--sig-proxy|Proxy all received signals to the process (default true)',
    ],
  ],
  'compose wait': [
    'SERVICE [SERVICE...] [OPTIONS]',
    'Block until containers of all (or specified) services stop.',
    ['--down-project|Drops project when the first container stops', dryRun],
  ],
  'compose export': [
    '[OPTIONS] SERVICE',
    "Export a service container's filesystem as a tar archive",
    [
      dryRun,
      '--index int|index of the container if service has multiple replicas.',
      '-o, --output string|Write to a file, instead of STDOUT',
    ],
  ],
  'compose commit': [
    '[OPTIONS] SERVICE [REPOSITORY[:TAG]]',
    "Create a new image from a service container's changes",
    [
      '-a, --author string|Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")',
      '-c, --change list|Apply Dockerfile instruction to the created image',
      dryRun,
      '--index int|index of the container if service has multiple replicas.',
      '-m, --message string|Commit message',
      '-p, --pause|Pause container during commit (default true)',
    ],
  ],
  'compose publish': [
    '[OPTIONS] REPOSITORY[:TAG]',
    'Publish compose application',
    [
      '--app|Published compose application (includes referenced images)',
      dryRun,
      '--oci-version string|OCI image/artifact specification version (automatically determined by default)',
      '--resolve-image-digests|Pin image tags to digests',
      '--with-env|Include environment variables in the published OCI artifact',
      '-y, --yes|Assume "yes" as answer to all prompts',
    ],
  ],
  'compose volumes': [
    '[OPTIONS] [SERVICE...]',
    'List volumes',
    [dryRun, '--format string|Format output using a custom template', '-q, --quiet|Only display volume names'],
  ],
  'buildx ls': [
    '',
    'List builder instances',
    [
      '--builder string|Override the configured builder instance',
      '-D, --debug|Enable debug logging',
      '--format string|Format the output (default "table")',
      "--no-trunc|Don't truncate output",
    ],
  ],
  'buildx version': ['', 'Show buildx version information', []],
  'buildx prune': [
    '',
    'Remove build cache',
    [
      '-a, --all|Include internal/frontend images',
      '--builder string|Override the configured builder instance',
      '-D, --debug|Enable debug logging',
      '--filter filter|Provide filter values (e.g., "until=24h")',
      '-f, --force|Do not prompt for confirmation',
      '--verbose|Provide a more verbose output',
    ],
  ],
  'buildx du': [
    '',
    'Disk usage',
    [
      '--builder string|Override the configured builder instance',
      '-D, --debug|Enable debug logging',
      '--filter filter|Provide filter values',
      '--format string|Format the output',
      '--verbose|Provide a more verbose output',
    ],
  ],
  'buildx inspect': [
    '[NAME]',
    'Inspect current builder instance',
    [
      '--bootstrap|Ensure builder has booted before inspecting',
      '--builder string|Override the configured builder instance',
      '-D, --debug|Enable debug logging',
    ],
  ],
  'buildx use': [
    '[OPTIONS] NAME',
    'Set the current builder instance',
    [
      '--builder string|Override the configured builder instance',
      '-D, --debug|Enable debug logging',
      '--default|Set builder as default for current context',
      '--global|Builder persists context changes',
    ],
  ],
  'buildx create': [
    '[OPTIONS] [CONTEXT|ENDPOINT]',
    'Create a new builder instance',
    [
      '--append|Append a node to builder instead of changing it',
      '--bootstrap|Boot builder after creation',
      '--buildkitd-config string|BuildKit daemon config file',
      '--buildkitd-flags string|BuildKit daemon flags',
      debug,
      '--driver string|Driver to use (available: "docker-container", "kubernetes", "remote")',
      '--driver-opt stringArray|Options for the driver',
      '--leave|Remove a node from builder instead of changing it',
      '--name string|Builder instance name',
      '--node string|Create/modify node with given name',
      '--platform stringArray|Fixed platforms for current node',
      '--use|Set the current builder instance',
    ],
  ],
  'buildx rm': [
    '[OPTIONS] [NAME...]',
    'Remove one or more builder instances',
    [
      '--all-inactive|Remove all inactive builders',
      builder,
      debug,
      '-f, --force|Do not prompt for confirmation',
      '--keep-daemon|Keep the BuildKit daemon running',
      '--keep-state|Keep BuildKit state',
    ],
  ],
  'buildx stop': ['[NAME]', 'Stop builder instance', [builder, debug]],
  'buildx bake': [
    '[OPTIONS] [TARGET...]',
    'Build from a file',
    [
      '--allow stringArray|Allow build to access specified resources',
      builder,
      '--call string|Set method for evaluating build ("check", "outline", "targets") (default "build")',
      '--check|Shorthand for "--call=check"',
      debug,
      '-f, --file stringArray|Build definition file',
      '--list string|List targets or variables',
      '--load|Shorthand for "--set=*.output=type=docker"',
      '--metadata-file string|Write build result metadata to a file',
      '--no-cache|Do not use cache when building the image',
      '--print|Print the options without building',
      '--progress string|Set type of progress output ("auto", "none", "plain", "quiet", "rawjson", "tty"). Use plain to show container output (default "auto")',
      '--provenance string|Shorthand for "--set=*.attest=type=provenance"',
      '--pull|Always attempt to pull all referenced images',
      '--push|Shorthand for "--set=*.output=type=registry"',
      '--sbom string|Shorthand for "--set=*.attest=type=sbom"',
      '--set stringArray|Override target value (e.g., "targetpattern.key=value")',
    ],
  ],
  'buildx imagetools inspect': [
    '[OPTIONS] NAME',
    'Show details of an image in the registry',
    [
      builder,
      debug,
      '--format string|Format the output using the given Go template (default "{{.Manifest}}")',
      '--raw|Show original, unformatted JSON manifest',
    ],
  ],
  'buildx imagetools create': [
    '[OPTIONS] [SOURCE...]',
    'Create a new image based on source images',
    [
      '--annotation stringArray|Add annotation to the image',
      '--append|Append to existing manifest',
      builder,
      debug,
      '--dry-run|Show final image instead of pushing',
      '-f, --file stringArray|Read source descriptor from file',
      '--prefer-index|When only a single source is specified, prefer outputting an image index or manifest list instead of performing a carbon copy (default true)',
      '--progress string|Set type of progress output ("auto", "none", "plain", "rawjson", "tty"). Use plain to show container output (default "auto")',
      '-t, --tag stringArray|Set reference for new image',
    ],
  ],
  'buildx history ls': [
    '[OPTIONS]',
    'List build records',
    [
      builder,
      debug,
      '--filter stringArray|Provide filter values (e.g., "status=error")',
      '--format string|Format the output (default "table")',
      '--local|List records for current repository only',
      "--no-trunc|Don't truncate output",
    ],
  ],
  'buildx history inspect': [
    '[OPTIONS] [REF]',
    'Inspect a build record',
    [builder, debug, '--format string|Format the output (default "pretty")'],
  ],
  'buildx history logs': [
    '[OPTIONS] [REF]',
    'Print the logs of a build record',
    [builder, debug, '--progress string|Set type of progress output (plain, rawjson, tty) (default "plain")'],
  ],
  'buildx history rm': ['[OPTIONS] [REF...]', 'Remove build records', ['--all|Remove all build records', builder, debug]],
  'buildx history open': ['[OPTIONS] [REF]', 'Open a build record in Docker Desktop', [builder, debug]],
}

/** Commands that only hold others. */
const groups = {
  'buildx history': [
    'Commands to work on build records',
    {
      inspect: 'Inspect a build record',
      logs: 'Print the logs of a build record',
      ls: 'List build records',
      open: 'Open a build record in Docker Desktop',
      rm: 'Remove build records',
    },
  ],
  'buildx imagetools': [
    'Commands to work on images in registry',
    { create: 'Create a new image based on source images', inspect: 'Show details of an image in the registry' },
  ],
}
for (const [path, [about, children]] of Object.entries(groups)) {
  const rows = Object.entries(children)
    .map(([name, words]) => `  ${name.padEnd(11)} ${words}\n`)
    .join('')
  help[path] =
    `Usage:  docker ${path} [OPTIONS] COMMAND\n\n${about}\n\nOptions:\n      --builder string   Override the configured builder instance\n  -D, --debug            Enable debug logging\n\nCommands:\n${rows}\nRun 'docker ${path} COMMAND --help' for more information on a command.\n`
}

function wrapped(text, width) {
  const lines = []
  let rest = text
  while (width + 5 <= rest.length) {
    const cut = rest.lastIndexOf(' ', width - 1)
    if (cut <= 0) break
    lines.push(rest.slice(0, cut))
    rest = rest.slice(cut + 1)
  }
  return [...lines, rest]
}

for (const [path, [usage, about, flags]] of Object.entries(described)) {
  if (help[path]) continue
  const rows = flags.map((flag) => {
    const at = flag.indexOf('|')
    const left = flag.slice(0, at)
    return { left: left.startsWith('-') && !left.startsWith('--') ? `  ${left}` : `      ${left}`, text: flag.slice(at + 1) }
  })
  const column = Math.max(0, ...rows.map(({ left }) => left.length)) + 3
  const options =
    rows.length > 0
      ? `\nOptions:\n${rows.map(({ left, text }) => `${left.padEnd(column)}${wrapped(text, 80 - column - 5).join(`\n${' '.repeat(column)}`)}\n`).join('')}`
      : ''
  help[path] = `Usage:  docker ${path}${usage ? ` ${usage}` : ''}\n\n${about}\n${options}`
}

function flagsOf(text) {
  const start = text.search(/^Options:$/m)
  const flags = []
  if (start < 0) return flags
  for (const line of text.slice(start).split('\n').slice(1)) {
    const found = /^ {2,6}(?:-(\w), )?--([\w-]+)(?: ([\w.-]+))?(?: {2,}|$)(.*)$/.exec(line)
    if (found) flags.push({ letter: found[1], name: found[2], type: found[3] ?? 'bool', text: found[4] })
    else if (/^\s{16,}\S/.test(line) && flags.length > 0) flags.at(-1).text += ` ${line.trim()}`
    else break
  }
  return flags.map(({ letter, name, type, text: words }) => {
    const value = /\(default ([^()]*)\)$/.exec(words)?.[1].replace(/^"(.*)"$/, '$1')
    return {
      name,
      ...(letter && { letter }),
      ...(type !== 'bool' && { type: type === 'stringArray' ? 'list' : type }),
      ...(value !== undefined && { value }),
    }
  })
}

/** Counts of arguments that their usage line does not tell in a form one can rely on. */
const counts = {
  'buildx history inspect': { max: 1 },
  'buildx history logs': { max: 1 },
  'buildx imagetools inspect': { min: 1, max: 1 },
  'buildx inspect': { max: 1 },
  'buildx use': { min: 1, max: 1 },
  'buildx stop': { max: 1 },
  'buildx create': { max: 1 },
  'buildx ls': { max: 0 },
  'buildx version': { max: 0 },
  'buildx du': { max: 0 },
  'buildx prune': { max: 0 },
  'buildx build': { min: 1, max: 1 },
  build: { min: 1, max: 1 },
  'compose exec': { min: 2 },
  'compose run': { min: 1 },
  'compose port': { min: 2, max: 2, cobra: true },
  'compose cp': { min: 2, max: 2, cobra: true },
  'compose attach': { min: 1, max: 1, cobra: true },
}
const shape = {}
for (const [path, text] of Object.entries(help)) {
  const children = []
  for (const section of text.matchAll(/^[\w ]*Commands:\n((?: {2}\S.*\n)+)/gm))
    for (const line of section[1].matchAll(/^ {2}([\w-]+)\*? {2,}/gm)) children.push(line[1])
  const usage = /^Usage: {2}([\s\S]*?)\n\n/.exec(text)?.[1] ?? path
  shape[path] = { usage, flags: flagsOf(text), ...(children.length > 0 ? { children } : { args: counts[path] ?? {} }) }
}
writeFileSync('src/cli/docker/generated/plugin-help.json', `${JSON.stringify(help, null, 1)}\n`)
writeFileSync('src/cli/docker/generated/plugin-commands.json', `${JSON.stringify(shape)}\n`)
console.log(Object.keys(help).length, 'commands')

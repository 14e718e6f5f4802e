/**
 * Which world an image id of Killercoda or Katacoda asks for. Theirs are virtual machines with something installed; an id that means nothing
 * here starts on Ubuntu, and the author is told.
 */

/** Ids that name a preset themselves. */
const known = /^(kubernetes|minikube|docker|ubuntu|debian|bash|nodejs|python|laptop$)/

/** Programs of these machines that the sandbox does not have. */
const foreign: Readonly<Record<string, string>> = {
  kotlin: 'Kotlin',
  golang: 'Go',
  openjdk: 'Java',
  java: 'Java',
  dotnet: '.NET',
  rust: 'Rust',
  terraform: 'Terraform',
}

export interface Environment {
  readonly preset: string
  readonly problem?: string
}

export function environmentOf(imageid: string | undefined): Environment {
  if (imageid === undefined || imageid === '') return { preset: 'ubuntu' }
  if (/^katacontainers-minikube/.test(imageid)) return { preset: 'minikube:1.33' }
  if (known.test(imageid)) return { preset: imageid.startsWith('python') ? 'ubuntu' : imageid }
  const what = foreign[imageid.replace(/[:-].*$/, '')]
  return {
    preset: 'ubuntu',
    problem: `backend.imageid: ${what ? `${what} is not simulated` : `nobody here knows "${imageid}"`}, the lesson starts on a machine like "ubuntu"`,
  }
}

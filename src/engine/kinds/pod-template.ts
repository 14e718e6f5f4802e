/** PodTemplate of the core group v1. */
import { column, containerImages, containerNames, labelsText, name } from './columns.ts'
import { withField } from './defaulting.ts'
import { defaultedTemplate } from './pod-spec.ts'
import { allVerbs, defineKind } from './kind.ts'
import type { V1PodTemplate } from './generated/types.ts'
import { podWarnings } from './pod-warnings.ts'
import { validateTemplate } from './validation/pod.ts'

export const podTemplate = defineKind<V1PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  singular: 'podtemplate',
  namespaced: true,
  isCreatedByUpdate: true,
  verbs: allVerbs,
  schema: 'V1PodTemplate',
  hasGeneration: true,
  columns: [
    name,
    column('Containers', 'string', 'Names of each container in the template.', ({ template }) => containerNames(template?.spec)),
    column('Images', 'string', 'Images referenced by each container in the template.', ({ template }) => containerImages(template?.spec)),
    column('Pod Labels', 'string', 'The labels for the pod template.', ({ template }) => labelsText(template?.metadata?.labels)),
  ],
  validate: ({ template }, errors) => validateTemplate(template ?? { spec: { containers: [] } }, 'template', errors),
  warnings: ({ template }, old) => (template === old?.template ? [] : podWarnings(template, 'template')),
  defaults: (object) => (object.template ? withField(object, 'template', defaultedTemplate(object.template)) : object),
})

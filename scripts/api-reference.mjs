// SPDX-License-Identifier: MIT
// Writes the API reference from the docstrings as Markdown pages into docs/api/ or another folder: node
// scripts/api-reference.mjs [folder]
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, TSConfigReader } from 'typedoc';

const repository = fileURLToPath(new URL('../', import.meta.url));
const folder = path.resolve(process.argv[2] ?? path.join(repository, 'docs/api'));

const packageName = 'win-port-reservation';

process.chdir(repository);
// tsconfig.json would override a file of options, but not the options given here.
const application = await Application.bootstrapWithPlugins(
  {
    plugin: ['typedoc-plugin-markdown'],
    out: folder,
    readme: 'none',
    projectDocuments: [],
    outputFileStrategy: 'members',
    indexFormat: 'table',
    entryFileName: 'README',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    pageTitleTemplates: {
      index: 'API reference',
      module: ({ name }) => (name === 'index' ? packageName : `${packageName}/${name}`),
    },
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    useCodeBlocks: true,
    logLevel: 'Warn',
  },
  [new TSConfigReader()],
);
const project = await application.convert();
if (!project) throw new Error('The docstrings could not be read.');
await application.generateOutputs(project);
if (application.logger.hasErrors() || application.logger.hasWarnings()) process.exitCode = 1;

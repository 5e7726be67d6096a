import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../bootstrap/repository.mjs';

const groups = ['Run', 'Edit', 'Canvas', 'View'];

/** Writes docs/keyboard.md from the command objects that shortcuts, menus and the palette use. */
export async function keyboardPage() {
  const commands = await loadCommands();
  const sections = groups.map((group) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map(({ title, keys }) => `| ${title} | ${keys.map((key) => `\`${key}\``).join(' ')} |`);
    return `## ${group}\n\n| command | keys |\n| --- | --- |\n${rows.join('\n')}`;
  });
  return `# Keyboard

Every command of the editor. \`Mod\` is Ctrl, on a Mac ⌘. \`Mod+K\` finds any of them by its name, also those without keys; \`?\` shows this list in the editor.

${sections.join('\n\n')}
`;
}

/** Loads the commands of the editor with its own build tool. */
async function loadCommands() {
  const editor = join(root, 'editor');
  const vite = await import(pathToFileURL(createRequire(join(editor, 'package.json')).resolve('vite')).href);
  const server = await vite.createServer({
    root: editor,
    configFile: join(editor, 'vite.config.mjs'),
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  try {
    return (await server.ssrLoadModule('/src/features/commands/all-commands.ts')).allCommands;
  } finally {
    await server.close();
  }
}

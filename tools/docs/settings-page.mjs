/** Writes docs/settings.md from the table of settings. */
export async function settingsPage() {
  const { settingsMarkdown } = await import('@heddle/server');
  return `# Settings

Every setting is an environment variable with one name. \`npx --no-install heddle settings\` prints the values in force. A value that cannot be read
ends the start with \`setting_invalid\` and says what was expected. A [secret](secrets.md) \`api-key\` is \`HEDDLE_SECRET_API_KEY\`, or the
file that \`HEDDLE_SECRET_API_KEY_FILE\` names.

${settingsMarkdown().trim()}
`;
}

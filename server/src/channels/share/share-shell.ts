import type { ShareConfig } from '@heddle/core';

/** The content of the page before its script runs. */
export interface Shell {
  readonly title: string;
  readonly greeting?: string | undefined;
  readonly theme: ShareConfig['theme'];
  readonly accent?: string | undefined;
  readonly isEmbedded?: boolean;
  /** The origin of the surrounding page, if it is known and allowed. */
  readonly parent?: string | undefined;
  readonly assets: { readonly script: string; readonly styles: readonly string[] } | undefined;
}

/** The HTML of the share page. It has no inline script or style, and text from others is always escaped. */
export function shareShell({ title, greeting, theme, accent, isEmbedded, parent, assets }: Shell): string {
  const facts = attributes({
    'data-accent': accent,
    'data-embed': isEmbedded === true ? '' : undefined,
    'data-parent': parent,
  });
  const content =
    assets === undefined
      ? '<p class="note">This page is not built yet: run npm run build on the server, then load it again.</p>'
      : '<noscript><p class="note">This page needs JavaScript.</p></noscript>';
  return whole(
    { title, theme, assets },
    `<body${facts}>
<div class="page" id="page">
<header class="top"><h1>${escaped(title)}</h1></header>
<main class="middle" id="main">${greeting === undefined ? '' : `<p class="greeting">${escaped(greeting)}</p>`}${content}</main>
</div>
</body>`,
  );
}

/** The HTML of a page with one message, for example that a link does not work. */
export function noticeShell(
  notice: {
    readonly title: string;
    readonly text: string;
    readonly link?: { readonly href: string; readonly text: string };
  },
  assets: Shell['assets'],
): string {
  const link =
    notice.link === undefined
      ? ''
      : `<p><a class="button" href="${escaped(notice.link.href)}" target="_top">${escaped(notice.link.text)}</a></p>`;
  return whole(
    { title: notice.title, theme: 'auto', assets: assets === undefined ? undefined : { ...assets, script: '' } },
    `<body>
<main class="notice"><h1>${escaped(notice.title)}</h1><p>${escaped(notice.text)}</p>${link}</main>
</body>`,
  );
}

function whole({ title, theme, assets }: Pick<Shell, 'title' | 'theme' | 'assets'>, body: string): string {
  const styles = (assets?.styles ?? []).map((href) => `<link rel="stylesheet" href="${escaped(href)}">`);
  const script = assets?.script === undefined || assets.script === '' ? [] : [assets.script];
  return `<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${[...styles, ...script.map((src) => `<script type="module" src="${escaped(src)}"></script>`)].join('\n')}
</head>
${body}
</html>
`;
}

const attributes = (facts: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(facts)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escaped(value)}"`]))
    .join('');

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for an element or a quoted attribute. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '');

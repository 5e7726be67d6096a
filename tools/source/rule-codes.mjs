const code = /\b[A-Z]\d{1,2}\b/g;

/** Names that look like rule codes: the JavaScript engine V8, and function keys in comments of the editor. */
const isOther = (found, path) => found === 'V8' || (path.startsWith('editor/') && /^F\d{1,2}$/.test(found));

/** Finds rule codes in comments that do not occur in `listed`, the text of the page about the engine's rules: `{ code, line }`. */
export function findRuleCodes({ path, text }, listed) {
  const known = new Set(listed.match(code));
  return commentsOf(text).flatMap(({ comment, line }) =>
    (comment.match(code) ?? [])
      .filter((found) => !known.has(found) && !isOther(found, path))
      .map((found) => ({ code: found, line })),
  );
}

/** Gives the comment of each line: a line of a block comment, or the text behind `//`. */
function commentsOf(text) {
  let isInBlock = false;
  return text.split('\n').flatMap((content, index) => {
    const line = index + 1;
    if (isInBlock || /^\s*\{?\/\*/.test(content)) {
      isInBlock = !content.includes('*/');
      return [{ comment: content, line }];
    }
    const comment = /(?:^|\s)\/\/\s(.*)$/.exec(content)?.[1];
    return comment === undefined ? [] : [{ comment, line }];
  });
}

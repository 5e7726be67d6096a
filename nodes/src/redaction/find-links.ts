import { isBorder, type Detector, type Finding } from './finding.js';

const longest = 2_048;
const withScheme = /(?:(?:https?|ftp|ftps|sftp):\/\/|www\.)[^\s<>"'`{}|\\^]{2,2000}/gi;
const host = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}@-])/uy;
const rest = /^(?::\d{2,5})?(?:[/?#][^\s<>"'`{}|\\^]{0,2000})?/;

const general = new Set(
  'com org net edu gov mil int info biz pro aero coop museum jobs mobi travel tel cat asia app dev shop store online site tech xyz club blog cloud live news media agency company email academy website space world today group team work bank law health care london berlin paris tokyo nyc eus gal bzh swiss wien koeln hamburg bayern africa'.split(
    ' ',
  ),
);
const countries = new Set(
  'ac ad ae af ag ai al ao aq ar at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw bz ca cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ie il im in io iq ir it je jm jo jp ke kg kh ki km kn kp kr kw ky kz lb lc li lk lr ls lt lu lv ly ma mc me mg mh mk ml mm mn mo mp mq mr mt mu mv mw mx mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'.split(
    ' ',
  ),
);
/** Country codes that are also file extensions or words of code and sentences: they count only in a name with at least three parts. */
const doubtful = new Set('as by cc do id is la md ms my ps py rs sh so to am'.split(' '));

/** Web addresses, with and without a scheme. */
export const links: Detector = {
  kind: 'URL',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: found, index } of text.matchAll(withScheme)) {
      const end = trimmedEnd(text, index, Math.min(index + longest, index + found.length));
      if (!isBorder(text, index) || !/^(?:\w+:\/\/|www\.)[\p{L}\p{N}[$]/iu.test(text.slice(index, end))) continue;
      findings.push({ kind: 'URL', start: index, end });
    }
    const schemes = findings.length;
    let next = 0;
    for (const { start, end } of hostsIn(text)) {
      while (next < schemes && (findings[next]?.end ?? 0) <= start) next += 1;
      if (next < schemes && (findings[next]?.start ?? Infinity) < end) continue;
      const length = hostLength(text.slice(start, end));
      if (length === 0 || text[start + length] === '(') continue;
      const after = start + length;
      const path = after === end ? (rest.exec(text.slice(after, after + longest))?.[0] ?? '') : '';
      findings.push({ kind: 'URL', start, end: trimmedEnd(text, after, after + path.length) });
    }
    return findings;
  },
};

/** Finds names that contain full stops. Each run of letters, digits, full stops and hyphens is read once. */
function* hostsIn(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) {
    if (!isHostSign(text.charCodeAt(at + 1))) continue;
    let start = at;
    let end = at + 2;
    while (start > 0 && isHostSign(text.charCodeAt(start - 1))) start -= 1;
    while (isHostSign(text.charCodeAt(end)) || text[end] === '.') end += 1;
    at = end - 1;
    if (start === end || /[@_/+=.]/.test(text[start - 1] ?? '')) continue;
    host.lastIndex = start;
    const found = host.exec(text)?.[0];
    if (found !== undefined) yield { start, end: start + found.length };
  }
}

const isHostSign = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 45 ||
  (code > 191 && code < 0x2000);

/**
 * The length of the host name. It ends at the last part that is a top-level domain, because the next sentence may follow without a space.
 */
function hostLength(name: string): number {
  const parts = name.split('.');
  for (let count = parts.length; count >= 2; count -= 1) {
    const top = parts[count - 1] ?? '';
    const label = parts[count - 2] ?? '';
    if (label.length >= 2 && isTop(top, count, parts.slice(0, count - 1).join('')))
      return parts.slice(0, count).join('.').length;
  }
  return 0;
}

function isTop(top: string, count: number, names: string): boolean {
  if (general.has(top) || (top.length > 2 && general.has(top.toLowerCase()) && top === top.toUpperCase())) return true;
  if (!/\p{L}/u.test(names)) return false;
  return countries.has(top) || (doubtful.has(top) && count > 2);
}

/** Leaves out signs at the end that belong to the sentence. A closing bracket belongs to it if the address has no opening one. */
function trimmedEnd(text: string, start: number, end: number): number {
  const open = { ')': 0, ']': 0 };
  for (let at = start; at < end; at += 1) {
    const sign = text[at];
    if (sign === '(') open[')'] += 1;
    else if (sign === '[') open[']'] += 1;
    else if (sign === ')' || sign === ']') open[sign] -= 1;
  }
  let last = end;
  while (last > start) {
    const sign = text[last - 1] ?? '';
    if (!/[.,;:!?)\]'"*»”’]/.test(sign)) break;
    if (sign === ')' || sign === ']') {
      if (open[sign] >= 0) break;
      open[sign] += 1;
    }
    last -= 1;
  }
  return last;
}

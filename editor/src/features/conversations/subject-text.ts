/** The subject of a conversation or a fact. An anonymous user of a share page has an id alone, which the tip shows. */
export const subjectText = (subject: string): string => (subject.startsWith('visitor:') ? 'Anonymous user' : subject);

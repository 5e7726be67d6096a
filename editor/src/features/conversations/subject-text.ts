/** The name of a subject. An anonymous user of a share page has only an id, which the tooltip shows. */
export const subjectText = (subject: string): string => (subject.startsWith('visitor:') ? 'Anonymous user' : subject);

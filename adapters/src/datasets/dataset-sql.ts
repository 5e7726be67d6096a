const inVersion = 'dataset = @id AND added_in <= @version AND (removed_in IS NULL OR removed_in > @version)';

/** Groups of rows of a version with the same inputs; rows without a split count as one split. */
const twinsOfVersion = `SELECT inputs_hash AS hash, count(*) AS count, count(DISTINCT coalesce(split, '')) AS splits
  FROM dataset_rows WHERE ${inVersion} GROUP BY inputs_hash HAVING count(*) > 1`;

/** The rows of two versions by their id, with the hash that each version has. */
const sides = `SELECT id,
  max(CASE WHEN added_in <= @from AND (removed_in IS NULL OR removed_in > @from) THEN hash END) AS was,
  max(CASE WHEN added_in <= @to AND (removed_in IS NULL OR removed_in > @to) THEN hash END) AS is_now, max(number) AS number
  FROM dataset_rows WHERE dataset = @id GROUP BY id`;

/** The duplicate rows to remove from a version that is being written. */
const twinsToRemove = `SELECT number FROM (
  SELECT number, row_number() OVER (PARTITION BY inputs_hash ORDER BY CASE WHEN coalesce(split, '') = @keep THEN 0 ELSE 1 END, number) AS ordinal
    FROM dataset_rows WHERE dataset = @id AND removed_in IS NULL
      AND inputs_hash IN (SELECT hash FROM (${twinsOfVersion}) AS twins WHERE twins.splits > @splits)) AS ordered WHERE ordinal > 1`;

const columns = 'id, name, description, version, rows, created_at AS "createdAt", updated_at AS "updatedAt"';

export const reads = {
  byId: `SELECT ${columns} FROM datasets WHERE id = @id`,
  all: `SELECT ${columns} FROM datasets ORDER BY name, id`,
  versions: `SELECT version, rows, added, removed, erased, who, note, created_at AS "createdAt" FROM dataset_versions
    WHERE dataset = @id ORDER BY version DESC`,
  page: `SELECT number, id, hash, body FROM dataset_rows WHERE ${inVersion} AND number > @after
    AND (CAST(@split AS text) IS NULL OR split = @split)
    AND (CAST(@tag AS text) IS NULL OR EXISTS (SELECT 1 FROM JSON_EACH(body, tags) AS tag WHERE tag.value = @tag))
    AND (CAST(@unreviewed AS integer) IS NULL OR CASE WHEN JSON_TEXT(body, unreviewed) IS NULL THEN 0 ELSE 1 END = @unreviewed)
    AND (CAST(@toReview AS integer) IS NULL OR JSON_TEXT(body, unreviewed) IS NOT NULL OR JSON_TEXT(body, proposed) IS NOT NULL)
    ORDER BY number LIMIT @limit`,
  row: `SELECT id, hash, body FROM dataset_rows WHERE ${inVersion} AND id = @row`,
  twinCounts: `SELECT CAST(coalesce(sum(count - 1), 0) AS bigint) AS duplicates,
    CAST(coalesce(sum(CASE WHEN splits > 1 THEN 1 ELSE 0 END), 0) AS bigint) AS leaks FROM (${twinsOfVersion}) AS twins`,
  twins: `SELECT hash, count FROM (${twinsOfVersion}) AS twins
    ORDER BY CASE WHEN splits > 1 THEN 0 ELSE 1 END, count DESC, hash LIMIT @limit`,
  splitsOfTwins: `SELECT DISTINCT inputs_hash AS hash, coalesce(split, '') AS split FROM dataset_rows
    WHERE ${inVersion} AND inputs_hash IN (EACH @hashes)`,
  idsOfTwins: `SELECT hash, id FROM (
    SELECT inputs_hash AS hash, id, number, row_number() OVER (PARTITION BY inputs_hash ORDER BY number) AS ordinal FROM dataset_rows
      WHERE ${inVersion} AND inputs_hash IN (EACH @hashes)) AS ordered WHERE ordinal <= 10 ORDER BY number`,
  facets: `SELECT 'splits' AS facet, coalesce(split, '') AS name, count(*) AS rows FROM dataset_rows WHERE ${inVersion} GROUP BY split
    UNION ALL SELECT 'labels', JSON_TEXT(body, label), count(*) FROM dataset_rows WHERE ${inVersion} GROUP BY JSON_TEXT(body, label)
    UNION ALL SELECT 'review', '', count(*) FROM dataset_rows WHERE ${inVersion} AND (JSON_TEXT(body, unreviewed) IS NOT NULL OR JSON_TEXT(body, proposed) IS NOT NULL)
    UNION ALL SELECT * FROM (SELECT 'tags', tag.value AS name, count(*) AS rows FROM dataset_rows, JSON_EACH(body, tags) AS tag
      WHERE ${inVersion} GROUP BY tag.value ORDER BY count(*) DESC, tag.value LIMIT 200) AS tagged`,
  changeCounts: `SELECT CAST(coalesce(sum(CASE WHEN was IS NULL AND is_now IS NOT NULL THEN 1 ELSE 0 END), 0) AS bigint) AS added,
    CAST(coalesce(sum(CASE WHEN is_now IS NULL AND was IS NOT NULL THEN 1 ELSE 0 END), 0) AS bigint) AS removed,
    CAST(coalesce(sum(CASE WHEN was <> is_now THEN 1 ELSE 0 END), 0) AS bigint) AS changed,
    CAST(coalesce(sum(CASE WHEN was = is_now THEN 1 ELSE 0 END), 0) AS bigint) AS unchanged FROM (${sides}) AS sides`,
  changes: `SELECT id, CASE WHEN was IS NULL THEN 'added' WHEN is_now IS NULL THEN 'removed' ELSE 'changed' END AS change
    FROM (${sides}) AS sides WHERE was IS DISTINCT FROM is_now ORDER BY number LIMIT 100`,
  runsOf: 'SELECT DISTINCT run FROM dataset_runs WHERE conversation IN (EACH @conversations) ORDER BY run',
  rowsOfRuns: `SELECT dataset, count(*) AS rows FROM dataset_rows WHERE run IN (EACH @runs) GROUP BY dataset ORDER BY min(number)`,
  // Queries of a write.
  state: 'SELECT version, rows, erasures FROM datasets WHERE id = @id',
  current:
    'SELECT id, hash, seen_in AS seen FROM dataset_rows WHERE dataset = @id AND id IN (EACH @ids) AND removed_in IS NULL',
  unseen: 'SELECT count(*) AS rows FROM dataset_rows WHERE dataset = @id AND removed_in IS NULL AND seen_in < @version',
  named: `SELECT count(*) AS rows FROM dataset_rows
    WHERE dataset = @id AND id IN (EACH @ids) AND removed_in IS NULL AND seen_in < @version`,
  doubled: `SELECT count(*) AS rows FROM (${twinsToRemove}) AS doubled`,
} as const;

export const changes = {
  insert: `INSERT INTO datasets (id, name, description, created_at, updated_at) VALUES (@id, @name, @description, @now, @now)`,
  remove: 'DELETE FROM datasets WHERE id = @id AND (writer IS NULL OR written_at < @stale)',
  claim: `UPDATE datasets SET writer = @writer, written_at = @now WHERE id = @id AND (writer IS NULL OR written_at < @stale)`,
  hold: 'UPDATE datasets SET written_at = @now WHERE id = @id AND writer = @writer',
  release: 'UPDATE datasets SET writer = NULL, written_at = NULL WHERE id = @id AND writer = @writer',
  // Rolls back an unfinished version.
  removePending: 'DELETE FROM dataset_rows WHERE dataset = @id AND added_in > @version',
  unremovePending: 'UPDATE dataset_rows SET removed_in = NULL WHERE dataset = @id AND removed_in > @version',
  unsee: 'UPDATE dataset_rows SET seen_in = @version WHERE dataset = @id AND seen_in > @version',
  see: `UPDATE dataset_rows SET seen_in = @version WHERE dataset = @id AND id IN (EACH @ids) AND removed_in IS NULL`,
  replace: `UPDATE dataset_rows SET removed_in = @version WHERE dataset = @id AND id IN (EACH @ids) AND removed_in IS NULL`,
  insertRow: `INSERT INTO dataset_rows (dataset, id, hash, inputs_hash, split, run, body, added_in, seen_in)
    VALUES (@dataset, @id, @hash, @inputsHash, @split, @run, @body, @version, @version)`,
  removeUnseen:
    'UPDATE dataset_rows SET removed_in = @version WHERE dataset = @id AND removed_in IS NULL AND seen_in < @version',
  removeNamed: `UPDATE dataset_rows SET removed_in = @version
    WHERE dataset = @id AND id IN (EACH @ids) AND removed_in IS NULL AND seen_in < @version`,
  removeTwins: `UPDATE dataset_rows SET removed_in = @version WHERE number IN (${twinsToRemove})`,
  advance: `UPDATE datasets SET version = @version, rows = rows + @more, updated_at = @now, writer = NULL, written_at = NULL
    WHERE id = @id AND writer = @writer AND erasures = @erasures`,
  insertVersion: `INSERT INTO dataset_versions (dataset, version, rows, added, removed, who, note, created_at)
    SELECT id, version, rows, @added, @removed, @who, @note, @now FROM datasets WHERE id = @id`,
  countRows: `UPDATE datasets SET rows = (SELECT count(*) FROM dataset_rows WHERE dataset = datasets.id
    AND added_in <= datasets.version AND (removed_in IS NULL OR removed_in > datasets.version)) WHERE id = @id`,
  remember: 'INSERT INTO dataset_runs (conversation, run) VALUES (@conversation, @run) ON CONFLICT DO NOTHING',
  // An erasure. It locks datasets first, as a write does, so that the two wait for each other.
  countErasure: `UPDATE datasets SET erasures = erasures + 1, rows = (SELECT count(*) FROM dataset_rows WHERE dataset = datasets.id
      AND added_in <= datasets.version AND (removed_in IS NULL OR removed_in > datasets.version)
      AND (run IS NULL OR run NOT IN (EACH @runs)))
    WHERE id IN (SELECT dataset FROM dataset_rows WHERE run IN (EACH @runs))`,
  countErased: `UPDATE dataset_versions SET
    rows = rows - (SELECT count(*) FROM dataset_rows WHERE dataset = dataset_versions.dataset AND run IN (EACH @runs)
      AND added_in <= dataset_versions.version AND (removed_in IS NULL OR removed_in > dataset_versions.version)),
    erased = erased + (SELECT count(*) FROM dataset_rows WHERE dataset = dataset_versions.dataset AND run IN (EACH @runs)
      AND added_in <= dataset_versions.version AND (removed_in IS NULL OR removed_in > dataset_versions.version))
    WHERE dataset IN (SELECT dataset FROM dataset_rows WHERE run IN (EACH @runs))`,
  // Erases the queries that a model wrote for an erased question. The cost of the call stays: the limit of the lab counts it.
  eraseRewritings: `UPDATE lab_rewritings SET queries = '[]' WHERE EXISTS (SELECT 1 FROM dataset_rows JOIN labs ON labs.dataset = dataset_rows.dataset
    WHERE labs.id = lab_rewritings.lab AND dataset_rows.id = lab_rewritings."row" AND dataset_rows.run IN (EACH @runs))`,
  eraseRows: 'DELETE FROM dataset_rows WHERE run IN (EACH @runs)',
  forgetRuns: 'DELETE FROM dataset_runs WHERE run IN (EACH @runs)',
} as const;

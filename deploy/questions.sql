-- Ten questions that analysts ask, each one query on the views. They run unchanged on SQLite and PostgreSQL.
-- :province, :year, :document and :since are parameters.

-- Q1 Every overdue-rate claim about my province since a year, newest first, with the sentence and the link
SELECT year, place_then, value, kind, published_on, sentence, url
FROM facts_v1
WHERE indicator = 'dossiers_overdue_rate' AND kind = 'achieved' AND province_now = :province AND year >= :year
ORDER BY published_at DESC;

-- Q2 Which provinces report an online-dossier share: the highest achieved value, and how far the target is
SELECT province_now,
       MAX(CASE WHEN kind = 'achieved' THEN value END) AS achieved,
       MAX(CASE WHEN kind = 'target' THEN value END) AS target
FROM facts_v1
WHERE indicator = 'dossiers_online_rate' AND year = :year AND province_now IS NOT NULL
GROUP BY province_now
ORDER BY achieved DESC;

-- Q3 PAR Index claims that disagree with the published table by more than 0.05 point or by rank
SELECT f.url, f.year, f.province_then, f.value, o.score, f.rank, o.rank AS published_rank, f.sentence
FROM facts_v1 AS f
JOIN official_indices_v1 AS o
  ON o.indicator = f.indicator AND o.year = f.year AND o.province_then = f.province_then
WHERE f.indicator = 'par_index' AND f.kind IN ('achieved', 'previous') AND f.place_level = 'province'
  AND (ABS(f.value - o.score) > 0.05 OR f.rank <> o.rank);

-- Q4 Coverage: reports per pillar, province and quarter, copies counted once, files of reports not at all
SELECT r.province_now,
       SUBSTR(CAST(r.published_on AS VARCHAR(10)), 1, 4) || '-Q'
         || CAST((CAST(SUBSTR(CAST(r.published_on AS VARCHAR(10)), 6, 2) AS INTEGER) + 2) / 3 AS VARCHAR(1)) AS quarter,
       p.pillar, COUNT(DISTINCT r.cluster_id) AS reports
FROM reports_v1 AS r
JOIN pillars_v1 AS p ON p.report_id = r.report_id AND p.role = 'primary'
WHERE r.published_on IS NOT NULL AND r.attachment_of IS NULL
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- Q5 Do provinces that rose ten or more places in PAR Index also rise in PCI in the following year?
SELECT now.province_then, now.year, before.rank - now.rank AS par_rise, pci.rank - pci_next.rank AS pci_rise_next
FROM official_indices_v1 AS now
JOIN official_indices_v1 AS before
  ON before.indicator = now.indicator AND before.province_then = now.province_then AND before.year = now.year - 1
LEFT JOIN official_indices_v1 AS pci
  ON pci.indicator = 'pci' AND pci.province_then = now.province_then AND pci.year = now.year
LEFT JOIN official_indices_v1 AS pci_next
  ON pci_next.indicator = 'pci' AND pci_next.province_then = now.province_then AND pci_next.year = now.year + 1
WHERE now.indicator = 'par_index' AND before.rank - now.rank >= 10;

-- Q6 Targets for a year that the same place reported as missed
SELECT t.place_then, t.indicator, t.value AS target, r.value AS result, r.url
FROM facts_v1 AS t
JOIN facts_v1 AS r
  ON r.indicator = t.indicator AND r.place_then = t.place_then AND r.province_now = t.province_now
 AND r.kind = 'achieved' AND r.year = t.year
WHERE t.kind = 'target' AND t.year = :year AND t.comparator IN ('>=', '>', '=') AND r.value < t.value;

-- Q7 How fast did a document reach the provinces: days from signature to first mention
SELECT province_now, MIN(published_on) AS first_mention, MIN(days_after_signature) AS days
FROM legal_references_v1
WHERE code = :document AND province_now IS NOT NULL
GROUP BY province_now
ORDER BY days;

-- Q8 Weakest PAR Index components named in the press, of all former provinces inside my present one
SELECT place_then, year, component, rank, out_of, sentence
FROM facts_v1
WHERE kind = 'component' AND province_now = :province AND rank > out_of * 2 / 3
ORDER BY year DESC, rank DESC;

-- Q9 Facts outside the plausible range, and dossier rates that do not add up to 100 within 0.1
SELECT f.report_id, f.indicator, f.value, f.sentence
FROM facts_v1 AS f
JOIN indicators_v1 AS i ON i.indicator = f.indicator
WHERE f.value NOT BETWEEN i.least AND i.most
UNION ALL
SELECT report_id, 'sum_of_rates', SUM(value), MIN(sentence)
FROM facts_v1
WHERE indicator IN ('dossiers_early_rate', 'dossiers_ontime_rate', 'dossiers_overdue_rate') AND kind = 'achieved'
GROUP BY report_id, place_then, year
HAVING COUNT(*) = 3 AND ABS(SUM(value) - 100) > 0.1;

-- Q10 Places with a figure published lately that moved more than 10 points against the year before
SELECT f.place_then, f.indicator, g.value AS before, f.value AS now, f.url
FROM facts_v1 AS f
JOIN facts_v1 AS g
  ON g.indicator = f.indicator AND g.place_then = f.place_then AND g.province_now = f.province_now
 AND g.year = f.year - 1 AND g.kind IN ('achieved', 'previous')
WHERE f.kind = 'achieved' AND f.unit = '%' AND ABS(f.value - g.value) > 10 AND f.published_on >= :since;

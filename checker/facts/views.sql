-- The vocabulary of the rules. A view carries the difficulty and never yields NULL.
-- Each view declares the coverage it needs: fact, or fact@place: home, navigation, footer, site (all navigation and the
-- site map), newest, original, column.
-- `fact@column` is asked for the column that a row is about; `fact` alone for the whole subject.
-- Views are TEMP views of the reading connection, so they may join the facts with the context.

-- view: dated_article
-- says: One row per article with the publish date that counts: what is shown as publish date on its own page goes
--   before the list's date, before meta, before the address; dates after the inspection day are left out.
-- needs: article_date
CREATE VIEW dated_article AS
SELECT subject, url AS address, on_date, at, source, quote, page
FROM (SELECT d.*, row_number() OVER (
          PARTITION BY subject, url
          ORDER BY CASE source WHEN 'label' THEN 0 WHEN 'structure' THEN 1 WHEN 'list' THEN 2 WHEN 'meta' THEN 3
                   ELSE 4 END, confidence DESC, at DESC) AS nth
      FROM article_date d WHERE on_date <= (SELECT today FROM clock))
WHERE nth = 1;

-- view: future_article
-- says: One row per article that shows a publish date after the inspection day, with the days it lies ahead.
-- needs: article_date@column, article_date@home, site_column@navigation
CREATE VIEW future_article AS
SELECT d.subject, a.url AS url, p.url AS location, d.on_date, d.source, d.quote,
       CAST(julianday(d.on_date) - julianday(c.today) AS INTEGER) AS days_ahead,
       coalesce((SELECT i.title FROM list_item i WHERE i.url = d.url AND i.subject = d.subject LIMIT 1),
                (SELECT r.title FROM article r WHERE r.url = d.url AND r.subject = d.subject LIMIT 1), '') AS title
FROM article_date d JOIN clock c JOIN address a ON a.id = d.url JOIN address p ON p.id = d.page
WHERE d.on_date > c.today AND d.source IN ('label', 'structure', 'list')
GROUP BY d.subject, d.url, d.on_date;

-- view: date_conflict
-- says: One row per article and further clue to its publish date (list, meta, address) that names another day than the
--   one shown on its own page: both days, and how many days the clue lies behind the shown one (negative: before it).
-- needs: article_date
CREATE VIEW date_conflict AS
WITH shown AS (
    SELECT subject, url, on_date, quote
    FROM (SELECT d.*, row_number() OVER (PARTITION BY subject, url
                                         ORDER BY source <> 'label', confidence DESC, at DESC) AS nth
          FROM article_date d WHERE source IN ('label', 'structure'))
    WHERE nth = 1)
SELECT s.subject, a.url AS url, p.url AS location, s.on_date AS shown_on, s.quote AS shown_quote, d.source, d.on_date,
       d.quote, CAST(julianday(d.on_date) - julianday(s.on_date) AS INTEGER) AS days_apart
FROM shown s JOIN article_date d ON d.subject = s.subject AND d.url = s.url AND d.on_date <> s.on_date
JOIN address a ON a.id = s.url JOIN address p ON p.id = d.page
WHERE d.source IN ('list', 'meta', 'address');

-- view: column_item
-- says: One row per entry of a column's main list, with its date ('' if none is shown) and whether the date lies ahead.
-- needs: list_item@column, article_date@column
CREATE VIEW column_item AS
SELECT i.subject, l.url AS column_url, u.url AS url, i.title, i.position, i.pinned, p.url AS page,
       coalesce((SELECT d.on_date FROM dated_article d WHERE d.address = i.url AND d.subject = i.subject), '') AS on_date,
       EXISTS (SELECT 1 FROM article_date f, clock c WHERE f.url = i.url AND f.subject = i.subject
               AND f.on_date > c.today) AS future
FROM list_item i JOIN address l ON l.id = i.listed_in JOIN address u ON u.id = i.url JOIN address p ON p.id = i.page;

-- view: known_column
-- says: One row per column, registered or discovered, with its address as text; nothing is said of its content.
-- needs: site_column@navigation
CREATE VIEW known_column AS
SELECT s.subject, a.url AS url, s.name, s.type, s.level, s.should_update, s.registered, s.origin, s.reason
FROM site_column s JOIN address a ON a.id = s.url;

-- view: column_anywhere
-- says: known_column for a rule whose offence is that the whole site has no such column: it asks for home, navigation
--   to depth 2, registered columns and site map.
-- needs: site_column@site
CREATE VIEW column_anywhere AS
SELECT s.subject, a.url AS url, s.name, s.type, s.level, s.should_update, s.registered, s.origin, s.reason
FROM site_column s JOIN address a ON a.id = s.url;

-- view: found_column
-- says: The columns that were really found: one that is registered only counts if its page was read or a link leads to it,
--   and none counts whose address was confirmed to be dead. It asks for the same as column_anywhere.
-- needs: site_column@site
CREATE VIEW found_column AS
SELECT s.subject, a.url AS url, s.name, s.type, s.level, s.registered, s.origin, s.reason
FROM site_column s JOIN address a ON a.id = s.url
WHERE (s.registered = 0 OR EXISTS (SELECT 1 FROM page p WHERE p.subject = s.subject AND p.url = s.url)
       OR EXISTS (SELECT 1 FROM link l WHERE l.url = s.url))
  AND NOT EXISTS (SELECT 1 FROM link_check c WHERE c.url = s.url AND c.verdict = 'broken');

-- view: column_freshness
-- says: One row per column with its newest dated entry; a column without one has newest_on '' and days_since 99999.
-- needs: site_column@navigation, list_item@column, article_date@column
CREATE VIEW column_freshness AS
WITH ranked AS (
    SELECT subject, column_url, url, title, on_date,
           count(*) OVER listed AS items, sum(on_date <> '') OVER listed AS dated, sum(future) OVER listed AS future,
           row_number() OVER (PARTITION BY subject, column_url ORDER BY on_date DESC, position, url) AS nth
    FROM column_item WINDOW listed AS (PARTITION BY subject, column_url)),
newest AS (
    SELECT subject, column_url, items, dated, future, on_date AS newest_on,
           CASE on_date WHEN '' THEN '' ELSE title END AS newest_title,
           CASE on_date WHEN '' THEN column_url ELSE url END AS newest_url
    FROM ranked WHERE nth = 1)
SELECT s.subject, a.url AS url, s.name, s.type, s.level, s.should_update, s.update_days, s.registered, s.origin,
       coalesce(n.newest_on, '') AS newest_on, coalesce(n.newest_title, '') AS newest_title,
       coalesce(n.newest_url, a.url) AS newest_url,
       CASE WHEN coalesce(n.newest_on, '') = '' THEN 99999
            ELSE CAST(julianday(c.today) - julianday(n.newest_on) AS INTEGER) END AS days_since,
       coalesce(n.items, 0) AS items, coalesce(n.dated, 0) AS dated, coalesce(n.future, 0) AS future
FROM site_column s JOIN clock c JOIN address a ON a.id = s.url
LEFT JOIN newest n ON n.subject = s.subject AND n.column_url = a.url;

-- view: column_state
-- says: column_freshness with the column's period resolved: period_days (0 = months apply), period_months
--   (0 = days apply), overdue (1 = past its period or without any dated entry), due_on (last day in time, '' if none).
-- needs: site_column@navigation, list_item@column, article_date@column
CREATE VIEW column_state AS
WITH period AS (
    SELECT f.*,
           CASE WHEN update_days > 0 THEN update_days WHEN type = 'news' THEN 14 ELSE 0 END AS period_days,
           CASE WHEN update_days = 0 AND type IN ('notice', 'policy', 'interpretation') THEN 6 ELSE 0 END
               AS period_months
    FROM column_freshness f)
SELECT p.*,
       CASE WHEN newest_on = '' OR (period_days = 0 AND period_months = 0) THEN ''
            WHEN period_days > 0 THEN date(newest_on, '+' || period_days || ' days')
            ELSE months_after(newest_on, period_months) END AS due_on,
       CASE WHEN period_days = 0 AND period_months = 0 THEN 0
            WHEN newest_on = '' THEN 1
            WHEN period_days > 0 THEN days_since > period_days
            ELSE months_after(newest_on, period_months) < (SELECT today FROM clock) END AS overdue
FROM period p;

-- view: blank_column
-- says: One row per column that shows no list entry, below 150 characters of its own text (own_length of page) and no
--   picture, frame, file, player, field of a form or link of its own (media); certain = 0 from 20 characters on: a few
--   words may be all that a column is for. A discovered column that is gone (4xx) is a dead link, and one outside the
--   navigation that was not read is not known to be a column: neither is here.
-- needs: site_column@navigation, list_item@column
CREATE VIEW blank_column AS
SELECT s.subject, a.url AS url, s.name, s.type, s.level, s.registered, s.should_update,
       NOT EXISTS (SELECT 1 FROM page p WHERE p.subject = s.subject AND p.url = s.url AND p.own_length >= 20) AS certain
FROM site_column s JOIN address a ON a.id = s.url
WHERE NOT EXISTS (SELECT 1 FROM list_item i WHERE i.subject = s.subject AND i.listed_in = s.url)
  AND NOT EXISTS (SELECT 1 FROM page p WHERE p.subject = s.subject AND p.url = s.url
                  AND (p.own_length >= 150 OR p.media > 0))
  AND (s.registered = 1
       OR EXISTS (SELECT 1 FROM page p WHERE p.subject = s.subject AND p.url = s.url)
       OR (s.origin NOT IN ('breadcrumb', 'map', 'menu', 'columntype') AND NOT EXISTS (
               SELECT 1 FROM fetch g WHERE g.subject = s.subject AND g.url = s.url
               AND g.outcome IN ('http-4xx', 'soft-404'))));

-- view: offered_channel
-- says: One row per channel that the site offers (kind consultation or services): a column of that type, unless it is one
--   by its address alone or the test consultation-channel or services-channel found it dead for certain; what such a test
--   found to work; pages of the services area and guides; links of home page, site map and column pages that are named
--   like a channel and lead to this site or another of the government. Titles (《…》, 解读, 通知 …) and dated entries of a
--   list are articles about a channel, not one; what stands among friendly links (友情链接) is another site's.
-- needs: site_column@site
CREATE VIEW offered_channel AS
WITH named(kind, pattern) AS (
    VALUES ('consultation', '*信箱'), ('consultation', '*留言'), ('consultation', '*留言板'), ('consultation', '*咨询'),
           ('consultation', '*写信'), ('consultation', '*12345*'), ('consultation', '*接诉即办*'),
           ('consultation', '*问政*'), ('consultation', '*咨询建言*'), ('consultation', '*咨询投诉*'),
           ('consultation', '*建言献策*'), ('consultation', '互动交流'), ('consultation', '政民互动'),
           ('services', '*办事大厅'), ('services', '*政务大厅'), ('services', '*政务服务*'), ('services', '网上办事'),
           ('services', '*办事指南'), ('services', '办事服务'), ('services', '*一网通办*'), ('services', '我要办*'),
           ('services', '个人办事'), ('services', '法人办事'), ('services', '在线办事'), ('services', '*服务大厅')),
about(pattern) AS (  -- what is named so is an article, an agency or a list about a channel
    VALUES ('*[《》]*'), ('*信访*'), ('*举报*'), ('*纪检*'), ('*国家政务服务*'), ('*服务局'), ('*管理局'), ('*数据局'),
           ('*智能咨询'), ('*解读*'), ('*通知*'), ('*公告*'), ('*通告*'), ('*清单*'), ('*会议*'), ('*会'), ('*动态*'),
           ('*报告*'), ('*情况*'), ('*方案*'), ('*办法*'), ('*条例*'), ('*通报*'), ('*规定*'), ('*改革*'), ('*意见'),
           ('*召开*'), ('*开展*'), ('*推进*'), ('*调研*'), ('*关于*'),
           ('*[0-9]12345*'), ('*12345[0-9]*'), ('*ICP备*'), ('*网安备*')),  -- another number that holds these digits
shown(page) AS MATERIALIZED (SELECT url FROM page WHERE role IN ('home', 'column', 'map')),
texts AS MATERIALIZED (
    SELECT DISTINCT t.text, n.kind FROM (SELECT DISTINCT text FROM link WHERE length(text) BETWEEN 2 AND 14) t
    JOIN named n ON t.text GLOB n.pattern
    WHERE NOT EXISTS (SELECT 1 FROM about o WHERE t.text GLOB o.pattern))
SELECT f.subject, f.type AS kind, f.url, f.name
FROM found_column f JOIN address a ON a.url = f.url
WHERE f.type IN ('consultation', 'services') AND f.reason NOT GLOB '仅据*'
  AND NOT EXISTS (SELECT 1 FROM probe p WHERE p.subject = f.subject AND p.url = a.id
                  AND p.probe = f.type || '-channel' AND p.outcome = 'no' AND p.certainty = 'certain')
UNION
SELECT p.subject, replace(p.probe, '-channel', ''), a.url, p.item
FROM probe p JOIN address a ON a.id = p.url
WHERE p.probe IN ('consultation-channel', 'services-channel') AND p.outcome = 'yes'
UNION
SELECT v.subject, 'services', a.url, v.title
FROM service_page v JOIN address a ON a.id = v.url WHERE v.kind IN ('index', 'themed')
UNION
SELECT g.subject, 'services', a.url, g.title FROM guide g JOIN address a ON a.id = g.url
UNION
SELECT l.subject, t.kind, a.url, l.text
FROM texts t CROSS JOIN link l ON l.text = t.text JOIN address a ON a.id = l.url
JOIN site s ON s.subject = l.subject
WHERE l.tag IN ('a', 'area')
  AND (url_host(a.url) = s.host OR url_host(a.url) GLOB '*.gov.cn' OR url_host(a.url) GLOB '*12345*'
       OR url_host(a.url) GLOB '*.xn--zfr164b')
  AND (l.page IN (SELECT page FROM shown)
       OR l.template IN (SELECT x.template FROM page_template x JOIN shown w ON w.page = x.page WHERE x.template <> 0))
  AND NOT EXISTS (SELECT 1 FROM link_check c WHERE c.url = l.url AND c.verdict = 'broken')
  AND NOT EXISTS (SELECT 1 FROM list_item i JOIN article_date d ON d.url = i.url WHERE i.url = l.url)
  AND NOT EXISTS (SELECT 1 FROM link f WHERE f.url = l.url AND f.tag = 'friend')
  AND NOT EXISTS (SELECT 1 FROM probe p WHERE p.subject = l.subject AND p.url = l.url
                  AND p.probe = t.kind || '-channel' AND p.outcome = 'no' AND p.certainty = 'certain');

-- view: column_hint
-- says: One row per link (or column told by its address alone) that may be what a rule found missing: kind profile,
--   functions, leaders, statistics, consultation or services; a person must look. Wider than offered_channel: petition
--   boards apart, by words inside the text, by the address, or where the link was found broken.
-- needs: site_column@site
CREATE VIEW column_hint AS
WITH named(kind, pattern) AS (
    VALUES ('profile', '走进*'), ('profile', '*概况'), ('profile', '*简介'), ('profile', '*[市县区省]情'),
           ('functions', '*机构职能*'), ('functions', '*机构设置*'), ('functions', '*机构概况*'),
           ('functions', '*机构简介*'), ('functions', '*主要职责*'), ('functions', '*工作职责*'),
           ('functions', '*部门职责*'), ('functions', '*内设机构*'), ('functions', '*组织机构*'),
           ('functions', '*机构信息*'), ('functions', '*单位概况*'), ('functions', '*政府机构*'),
           ('leaders', '*领导信息*'), ('leaders', '*领导之窗*'), ('leaders', '*[委厅局府市县区]领导'),
           ('leaders', '*领导班子*'), ('leaders', '*领导介绍*'), ('leaders', '*领导分工*'), ('leaders', '*领导简介*'),
           ('leaders', '*领导成员*'), ('leaders', '*长之窗'), ('leaders', '*长简介'), ('statistics', '*办事统计*'),
           ('statistics', '*办件*'), ('statistics', '*办理统计*'), ('consultation', '*咨询*'),
           ('consultation', '*信箱*'), ('consultation', '*留言*'), ('consultation', '*建言*'),
           ('consultation', '*互动*'), ('consultation', '*投诉*'), ('consultation', '*热线*'),
           ('consultation', '*12345*'), ('consultation', '*公众参与*'), ('consultation', '*意见建议*'),
           ('consultation', '*来信*'), ('consultation', '*我要*'), ('services', '*办事*'), ('services', '*服务*'),
           ('services', '*审批*'), ('services', '*办理*'), ('services', '*查询*'), ('services', '*我要办*')),
texts AS MATERIALIZED (
    SELECT DISTINCT t.text, n.kind FROM (SELECT DISTINCT text FROM link WHERE length(text) BETWEEN 2 AND 10) t
    JOIN named n ON t.text GLOB n.pattern WHERE t.text NOT GLOB '*信访*' AND t.text NOT GLOB '*举报*'
      AND t.text NOT GLOB '*[0-9]12345*' AND t.text NOT GLOB '*12345[0-9]*' AND t.text NOT GLOB '*备[0-9]*'),
places(kind, pattern) AS (
    VALUES ('consultation', '*12345*'), ('consultation', '*xzxx*'), ('consultation', '*szxx*'),
           ('consultation', '*jzxx*'), ('consultation', '*ldxx*'), ('consultation', '*hdjl*'),
           ('consultation', '*zmhd*'), ('consultation', '*liuyan*'), ('consultation', '*mailbox*'),
           ('consultation', '*zxts*'), ('consultation', '*wlwz*'), ('consultation', '*kefu*'), ('services', '*zwfw*'), ('services', '*bsfw*'),
           ('services', '*wsbs*'), ('services', '*bszn*')),
led_to AS (
    SELECT l.subject, t.kind, l.url, l.text FROM texts t CROSS JOIN link l ON l.text = t.text WHERE l.tag IN ('a', 'area', 'button')
    UNION
    SELECT l.subject, w.kind, l.url, l.text
    FROM (SELECT a.id, p.kind FROM address a JOIN places p ON a.url GLOB p.pattern
          EXCEPT
          SELECT c.url, p.kind FROM site_column c JOIN places p ON c.type NOT IN (p.kind, 'other')) w
    JOIN link l ON l.url = w.id
    WHERE l.tag IN ('a', 'area', 'iframe', 'script')
    UNION
    SELECT c.subject, c.type, c.url, c.name FROM site_column c WHERE c.reason GLOB '仅据*'
    UNION  -- registered, or offered by the navigation, but neither read nor alive
    SELECT c.subject, c.type, c.url, c.name FROM site_column c JOIN address a ON a.id = c.url
    WHERE c.type IN ('profile', 'functions', 'leaders', 'statistics', 'consultation', 'services')
      AND NOT EXISTS (SELECT 1 FROM found_column f WHERE f.subject = c.subject AND f.url = a.url)
      AND NOT EXISTS (SELECT 1 FROM probe p WHERE p.subject = c.subject AND p.url = c.url
                      AND p.probe = c.type || '-channel' AND p.outcome = 'no' AND p.certainty = 'certain'))
SELECT h.subject, h.kind, a.url AS url, CASE h.text WHEN '' THEN '（无文字）' ELSE h.text END AS text
FROM led_to h JOIN address a ON a.id = h.url
WHERE NOT EXISTS (SELECT 1 FROM probe p WHERE p.subject = h.subject AND p.url = h.url
                  AND p.probe = h.kind || '-channel' AND p.outcome = 'no' AND p.certainty = 'certain');

-- view: column_search
-- says: One row per site: in words what was looked through for its columns: home page, navigation, the first pages of the
--   columns (what a script builds and nobody ran was not looked at), site map.
-- needs: site_column@site
CREATE VIEW column_search AS
WITH shown AS (
    SELECT p.subject, p.url, p.role FROM page p JOIN address a ON a.id = p.url
    WHERE p.role = 'map' AND p.script_built = 0
       OR p.role = 'column' AND EXISTS (SELECT 1 FROM site_column k WHERE k.subject = p.subject AND k.url = p.url)
          AND NOT EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = p.subject AND g.fact = 'list_item'
                          AND g.scope = a.url AND g.state = 'failed'))
SELECT s.subject, a.url AS url,
       '首页、导航' || CASE n.columns WHEN 0 THEN '' ELSE '、' || n.columns || '个栏目页' END
           || CASE n.maps WHEN 0 THEN '（未见网站地图）' ELSE '和网站地图' END AS looked
FROM site s JOIN address a ON a.id = s.url
JOIN (SELECT s.subject, count(DISTINCT CASE w.role WHEN 'column' THEN w.url END) AS columns,
             coalesce(sum(w.role = 'map'), 0) AS maps
      FROM site s LEFT JOIN shown w ON w.subject = s.subject GROUP BY s.subject) n ON n.subject = s.subject;

-- view: unregistered_column
-- says: One row per discovered column of the site itself that shows a list of entries, is not closed (往期, 归档) and is
--   not in the registry, with the number of its entries.
-- needs: site_column@navigation
CREATE VIEW unregistered_column AS
SELECT c.subject, a.url AS url, c.name, c.type, c.level, c.origin, c.reason, count(*) AS items
FROM site_column c JOIN address a ON a.id = c.url JOIN list_item i ON i.subject = c.subject AND i.listed_in = c.url
WHERE c.registered = 0 AND c.should_update <> 'no'
GROUP BY c.subject, c.url;

-- view: home_freshness
-- says: One row per site: the newest dated entry that its home page shows; on a home page that only navigates
--   (basis 'columns') the newest of all its columns. days_since is 99999 where nothing dated was found; columns_unread
--   counts the columns whose list is not logged as complete, future the entries dated after the inspection day.
-- needs: list_item@home, article_date@home
CREATE VIEW home_freshness AS
WITH on_home AS (
    SELECT i.subject, max(d.on_date) AS newest_on, count(*) AS items
    FROM list_item i JOIN site s ON s.subject = i.subject AND i.listed_in = s.url
    LEFT JOIN dated_article d ON d.subject = i.subject AND d.address = i.url GROUP BY i.subject),
in_columns AS (SELECT subject, max(newest_on) AS newest_on FROM column_freshness GROUP BY subject),
basis AS (
    SELECT s.subject, h.url AS url, CASE WHEN o.items > 0 THEN 'home' ELSE 'columns' END AS basis,
           CASE WHEN o.items > 0 THEN coalesce(o.newest_on, '') ELSE coalesce(k.newest_on, '') END AS newest_on
    FROM site s JOIN address h ON h.id = s.url LEFT JOIN on_home o ON o.subject = s.subject
    LEFT JOIN in_columns k ON k.subject = s.subject)
SELECT b.*, CASE WHEN newest_on = '' THEN 99999
                 ELSE CAST(julianday(c.today) - julianday(newest_on) AS INTEGER) END AS days_since,
       coalesce((SELECT i.title FROM column_item i WHERE i.subject = b.subject AND i.on_date = b.newest_on
                 AND b.newest_on <> '' AND (b.basis = 'columns' OR i.column_url = b.url)
                 ORDER BY i.position LIMIT 1), '') AS newest_title,
       (SELECT count(*) FROM site_column k JOIN address a ON a.id = k.url WHERE k.subject = b.subject
        AND NOT EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = k.subject AND g.fact = 'list_item'
                        AND g.scope = a.url AND g.state IN ('complete', 'notApplicable'))) AS columns_unread,
       (SELECT count(DISTINCT i.url) FROM list_item i JOIN site s ON s.subject = i.subject AND i.listed_in = s.url
        JOIN article_date f ON f.subject = i.subject AND f.url = i.url
        WHERE i.subject = b.subject AND f.on_date > c.today) AS future
FROM basis b JOIN clock c;

-- view: page_link
-- says: One row per page and link it carries, links of shared templates included (5,000 pages of one navigation
--   give 5,000 rows; ask for a target or a page).
-- needs: link
CREATE VIEW page_link AS
SELECT l.subject, p.url AS page, l.page AS page_address, t.url AS url, l.url AS address, l.text, l.tag, l.region,
       0 AS in_template
FROM link l JOIN address p ON p.id = l.page JOIN address t ON t.id = l.url WHERE l.page <> 0
UNION ALL
SELECT l.subject, p.url, pt.page, t.url, l.url, l.text, l.tag, l.region, 1
FROM page_template pt JOIN link l ON l.template = pt.template AND l.subject = pt.subject
JOIN address p ON p.id = pt.page JOIN address t ON t.id = l.url;

-- view: link_carrier
-- says: One row per link that a page carries, its own or a template's, with target and page as text; every page that
--   carries a target stands here. Buttons and other sites' channels among friendly links are left out.
-- needs: link
CREATE VIEW link_carrier AS
SELECT l.subject, t.url AS url, p.url AS page, l.text, l.tag, l.region
FROM link l JOIN address t ON t.id = l.url JOIN address p ON p.id = l.page
WHERE l.page <> 0 AND l.tag NOT IN ('button', 'friend')
UNION ALL
SELECT l.subject, t.url, p.url, l.text, l.tag, l.region
FROM link l JOIN page_template pt ON pt.template = l.template AND pt.subject = l.subject
JOIN address t ON t.id = l.url JOIN address p ON p.id = pt.page
WHERE l.template <> 0 AND l.tag NOT IN ('button', 'friend');

-- view: checked_link
-- says: One row per checked link target that is not ok, with its verdict, what befell it in Chinese words (cause),
--   whether the home page carries it (on_home), the page where it was met first (the home page before others), its text
--   there and the number of pages carrying it; the view link_carrier has them all.
-- needs: link, link_check
CREATE VIEW checked_link AS
WITH holder AS (
    SELECT c.subject, c.url AS target, l.page AS page, l.text, l.tag
    FROM link_check c JOIN link l ON l.url = c.url AND l.subject = c.subject AND l.page <> 0
    WHERE c.verdict <> 'ok' AND l.tag NOT IN ('button', 'friend')
    UNION ALL
    SELECT c.subject, c.url, pt.page, l.text, l.tag
    FROM link_check c JOIN link l ON l.url = c.url AND l.subject = c.subject AND l.template <> 0
    JOIN page_template pt ON pt.template = l.template AND pt.subject = l.subject
    WHERE c.verdict <> 'ok' AND l.tag NOT IN ('button', 'friend')),
placed AS (  -- text and tag are those of the row with the least page: SQLite's promise for one lone min()
    SELECT h.subject, h.target, min(CASE WHEN h.page = s.url THEN 0 ELSE h.page END), h.page, h.text, h.tag,
           count(DISTINCT h.page) AS pages, sum(h.page = s.url) > 0 AS on_home
    FROM holder h JOIN site s ON s.subject = h.subject GROUP BY h.subject, h.target)
SELECT c.subject, t.url AS url, c.verdict, c.reason, c.status, c.checked_at, c.confirmed_at,
       p.url AS location, x.text, x.tag, x.pages, x.on_home,
       CASE WHEN c.reason GLOB 'http-[0-9]*' THEN 'HTTP ' || substr(c.reason, 6)
            WHEN c.reason GLOB 'blocked*' THEN '拒绝本程序访问' || CASE c.status WHEN 0 THEN '' ELSE '，HTTP ' || c.status END
            ELSE coalesce(w.words, c.reason) END AS cause,
       c.first_reason, coalesce(f.url, '') AS final_url, c.chain, c.tls
FROM link_check c JOIN placed x ON x.subject = c.subject AND x.target = c.url
JOIN address t ON t.id = c.url JOIN address p ON p.id = x.page LEFT JOIN address f ON f.id = c.final_url
LEFT JOIN (
    SELECT '' AS reason, '' AS words UNION ALL VALUES ('challenge', '返回浏览器校验脚本'),
    ('soft-404', '应答正常但内容不存在'), ('dns', '域名无法解析'), ('refused', '拒绝连接'), ('unreachable', '本机没有到达的网络路径'),
    ('reset', '连接被中断'), ('connect-timeout', '访问超时'), ('read-timeout', '访问超时'), ('total-timeout', '访问超时'),
    ('tls-expired', 'HTTPS证书已过期或尚未生效'), ('tls-wrong-host', 'HTTPS证书与域名不符'),
    ('tls-untrusted', 'HTTPS证书的颁发机构不受信任'), ('tls-protocol', 'HTTPS安全连接失败'),
    ('protocol-error', '应答不符合HTTP协议'), ('decompression-error', '压缩内容无法解开'), ('too-many-redirects', '跳转次数过多'),
    ('redirect-loop', '循环跳转'), ('bad-address', '地址无效'), ('robots', 'robots.txt不允许访问'),
    ('private-address', '指向内网地址'), ('own-outage', '本机网络中断'), ('host-down', '该主机连续无法访问，未再访问'),
    ('host-vanished', '该主机先有应答、后无法访问'), ('not-confirmed', '两次结果不一'), ('budget', '超出核验的数量或时间上限')) w
    ON w.reason = c.reason;

-- view: mark_missing
-- says: One row per page and mark kind of 网站标识 that the page does not carry; certain = 0 where what was not read may
--   write it: the whole footer (coverage of the page's address) or this kind (coverage of `address#kind`).
-- needs: mark@footer
CREATE VIEW mark_missing AS
WITH kinds(kind, title) AS (
    VALUES ('party', '党政机关网站标识'), ('code', '网站标识码'), ('icp', 'ICP备案编号'),
           ('police', '公安机关备案标识'), ('organizer', '主办单位'), ('contact', '联系方式'))
SELECT p.subject, a.url AS url, p.role, k.kind, k.title,
       NOT EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = p.subject AND g.fact = 'mark'
                   AND g.scope IN (a.url, a.url || '#' || k.kind) AND g.state <> 'complete') AS certain
FROM page p JOIN kinds k JOIN address a ON a.id = p.url
WHERE p.script_built = 0
  AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.subject = p.subject AND m.page = p.url AND m.kind = k.kind);

-- view: entry_missing
-- says: One row per page and kind (error-report, header-name, accessibility) that the page does not carry, or carries
--   with another site's code (foreign); certain = 0 where what was not read may write it, as in mark_missing.
-- needs: mark@home
CREATE VIEW entry_missing AS
WITH kinds(kind) AS (VALUES ('error-report'), ('header-name'), ('accessibility'))
SELECT p.subject, a.url AS url, p.role, k.kind,
       coalesce((SELECT max(m.value) FROM mark m WHERE m.subject = p.subject AND m.page = p.url AND m.kind = k.kind), '')
           AS foreign_code,
       NOT EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = p.subject AND g.fact = 'mark'
                   AND g.scope IN (a.url, a.url || '#' || k.kind) AND g.state <> 'complete') AS certain
FROM page p JOIN kinds k JOIN address a ON a.id = p.url JOIN site s ON s.subject = p.subject
WHERE p.script_built = 0
  AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.subject = p.subject AND m.page = p.url AND m.kind = k.kind
                  AND (k.kind <> 'error-report' OR m.value = '' OR s.code = '' OR lower(m.value) = lower(s.code)));

-- view: foreign_code
-- says: One row per page whose 网站标识码 is not the registered one (a page that shows the registered one as well is
--   none); others says which codes the 找错 entry and the tag SiteIDCode of the same page carry, '' if neither does.
-- needs: mark@footer
CREATE VIEW foreign_code AS
SELECT m.subject, a.url AS url, m.value, m.quote, s.code,
       coalesce((SELECT group_concat(o.words, '，') FROM (
           SELECT '找错入口为“' || r.value || '”' AS words FROM mark r
           WHERE r.subject = m.subject AND r.page = m.page AND r.kind = 'error-report' AND r.value <> ''
           UNION ALL
           SELECT 'SiteIDCode标签为“' || t.content || '”' FROM tag t
           WHERE t.subject = m.subject AND t.page = m.page AND t.name = 'SiteIDCode' AND t.content <> '') o), '') AS others
FROM mark m JOIN site s ON s.subject = m.subject JOIN address a ON a.id = m.page
WHERE m.kind = 'code' AND m.value <> '' AND s.code <> '' AND lower(m.value) <> lower(s.code)
  AND NOT EXISTS (SELECT 1 FROM mark x WHERE x.subject = m.subject AND x.page = m.page AND x.kind = 'code'
                  AND lower(x.value) = lower(s.code));

-- view: named_otherwise
-- says: One row per site and place on its home page (header, or tag SiteName) that shows another name than the
--   registered one; blanks and the endings 网, 网站, 门户网站 and 政府 make no difference.
-- needs: mark@home
CREATE VIEW named_otherwise AS
WITH shown(subject, url, place, name) AS (
    SELECT m.subject, m.page, '页面头部', m.value FROM mark m WHERE m.kind = 'header-name' AND m.value <> ''
    UNION ALL
    SELECT t.subject, t.page, 'SiteName标签', t.content FROM tag t WHERE t.name = 'SiteName' AND trim(t.content) <> ''),
bare AS (
    SELECT h.subject, a.url AS url, h.place, h.name, s.name AS registered,
           replace(replace(replace(replace(replace(replace(h.name, ' ', ''), '门户网站', ''), '网站', ''), '标识', ''),
                           '人民政府', ''), '政府', '') AS shown_stem,
           replace(replace(replace(replace(replace(s.name, ' ', ''), '门户网站', ''), '网站', ''), '人民政府', ''),
                   '政府', '') AS own_stem
    FROM shown h JOIN site s ON s.subject = h.subject AND s.url = h.url JOIN address a ON a.id = s.url)
SELECT subject, url, place, name, registered FROM bare
WHERE instr(shown_stem, own_stem) = 0 AND (shown_stem = '' OR instr(own_stem, shown_stem) = 0);

-- view: tag_missing
-- says: One row per page of role column or article and tag group (site, column, content) with the mandatory tags of
--   47号 that it lacks or leaves empty; null, the tag's own title (网站名称, 政府网站标识码 …) and what a template did not
--   fill in count as empty.
-- needs: tag
CREATE VIEW tag_missing AS
WITH wanted(tag_group, role, name) AS (
    VALUES ('site', 'column', 'SiteName'), ('site', 'column', 'SiteDomain'), ('site', 'column', 'SiteIDCode'),
           ('site', 'article', 'SiteName'), ('site', 'article', 'SiteDomain'), ('site', 'article', 'SiteIDCode'),
           ('column', 'column', 'ColumnName'), ('column', 'column', 'ColumnDescription'),
           ('column', 'column', 'ColumnKeywords'), ('column', 'column', 'ColumnType'),
           ('content', 'article', 'ArticleTitle'), ('content', 'article', 'PubDate'),
           ('content', 'article', 'ContentSource'))
SELECT p.subject, a.url AS url, p.role, p.title, w.tag_group, count(*) AS lacking, group_concat(w.name, '、') AS names
FROM page p JOIN wanted w ON w.role = p.role JOIN address a ON a.id = p.url
WHERE p.script_built = 0
  AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.subject = p.subject AND t.page = p.url AND t.name = w.name
                  AND trim(t.content) <> '' AND lower(trim(t.content)) NOT IN ('null', 'undefined', lower(w.name))
                  AND trim(t.content) NOT IN ('网站名称', '网站域名', '网站标识码', '政府网站标识码', '栏目名称', '栏目描述',
                                              '栏目关键词', '栏目关键字', '栏目类别', '栏目类型', '文章标题', '内容标题',
                                              '发布日期', '发布时间', '内容来源', '文章来源')
                  AND t.content NOT GLOB '*{{*' AND t.content NOT GLOB '*[$#]{*' AND t.content NOT GLOB '*<[%?]*')
GROUP BY p.subject, p.url, w.tag_group;

-- view: tag_flaw
-- says: One row per page and tag that is there but not as 47号 has it: kind foreign (SiteIDCode is not the registered
--   code, which meant gives), misspelt (the name of a mandatory tag), scheme (SiteDomain with http:// or a path), date
--   (PubDate is not YYYY-MM-DD HH:MM), type (ColumnType is none of the known values).
-- needs: tag
CREATE VIEW tag_flaw AS
WITH known(type) AS (
    VALUES ('首页'), ('概况信息'), ('机构职能'), ('负责人信息'), ('工作动态'), ('政策文件'), ('信息公开指南'),
           ('信息公开目录'), ('信息公开年报'), ('依申请公开'), ('数据发布'), ('数据开放'), ('政策解读'), ('回应关切'),
           ('办事服务'), ('咨询投诉'), ('征集调查'), ('在线访谈')),
placed AS (
    SELECT t.subject, a.url AS url, p.role, t.name, trim(t.content) AS content, s.code
    FROM tag t JOIN page p ON p.subject = t.subject AND p.url = t.page JOIN address a ON a.id = t.page
    JOIN site s ON s.subject = t.subject)
SELECT subject, url, role, 'foreign' AS kind, name, content, code AS meant FROM placed
WHERE name = 'SiteIDCode' AND content GLOB '*[0-9]*' AND code <> '' AND lower(content) <> lower(code)
UNION ALL
SELECT subject, url, role, 'scheme', name, content, '' FROM placed
WHERE name = 'SiteDomain' AND (content GLOB '*://*' OR content GLOB '*/*')
UNION ALL
SELECT subject, url, role, 'date', name, content, '' FROM placed
WHERE name = 'PubDate' AND role = 'article' AND content GLOB '*[0-9]*'
  AND content NOT GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]'
  AND content NOT GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]'
UNION ALL
SELECT subject, url, role, 'type', name, content, '' FROM placed
WHERE name = 'ColumnType' AND role = 'column' AND content <> '' AND lower(content) <> 'null'
  AND content NOT IN (SELECT type FROM known)
UNION ALL
SELECT subject, url, role, 'misspelt', name, content, '' FROM placed
WHERE name NOT IN ('SiteName', 'SiteDomain', 'SiteIDCode', 'ColumnName', 'ColumnDescription', 'ColumnKeywords',
                   'ColumnType', 'ArticleTitle', 'PubDate', 'ContentSource', 'Keywords', 'Author', 'Description', 'Image',
                   'Url');

-- view: read_page
-- says: One row per HTML page read, with its address as text.
-- needs: page
CREATE VIEW read_page AS
SELECT p.subject, a.url AS url, p.role, p.title, p.text_length, p.main_length, p.depth, p.script_built, p.seen_at
FROM page p JOIN address a ON a.id = p.url;

-- view: post_freshness
-- says: One row per account with its newest post; without any post newest_on is '' and days_since 99999. Posts dated
--   after the inspection day are no newest post; future counts them.
-- needs: post@newest
CREATE VIEW post_freshness AS
WITH newest AS (
    SELECT subject, count(*) AS posts, max(CASE WHEN on_date <= (SELECT today FROM clock) THEN on_date ELSE '' END)
           AS newest_on, sum(on_date > (SELECT today FROM clock)) AS future
    FROM post GROUP BY subject)
SELECT a.subject, a.name, a.platform, coalesce(n.posts, 0) AS posts, coalesce(n.newest_on, '') AS newest_on,
       coalesce((SELECT p.title FROM post p WHERE p.subject = a.subject AND p.on_date = n.newest_on
                 ORDER BY p.at DESC LIMIT 1), '') AS newest_title,
       coalesce((SELECT x.url FROM post p JOIN address x ON x.id = p.url WHERE p.subject = a.subject
                 AND p.on_date = n.newest_on ORDER BY p.at DESC LIMIT 1), '') AS newest_url,
       CASE WHEN coalesce(n.newest_on, '') = '' THEN 99999
            ELSE CAST(julianday(c.today) - julianday(n.newest_on) AS INTEGER) END AS days_since,
       EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = a.subject AND g.fact = 'post' AND g.scope = ''
               AND g.state = 'complete') AS complete,
       coalesce(n.future, 0) AS future
FROM account a JOIN clock c LEFT JOIN newest n ON n.subject = a.subject;

-- view: post_origin
-- says: One row per post with what its source says of its origin (yes = original, no, unknown), and whether its account's
--   posts are known to be all there are (complete) from a day on (since, '' = always); asks that a source told
--   originals apart at all.
-- needs: post@original
CREATE VIEW post_origin AS
SELECT p.subject, p.key, p.on_date, p.original,
       EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = p.subject AND g.fact = 'post' AND g.scope = ''
               AND g.state = 'complete') AS complete,
       coalesce((SELECT min(m.value) FROM account_meta m WHERE m.subject = p.subject
                 AND m.field = 'complete-since'), '') AS since
FROM post p;

-- view: same_platform
-- says: One row per account and other running account of the same unit on the same platform.
-- needs: sibling
CREATE VIEW same_platform AS
SELECT a.subject, a.name, a.platform, a.unit, s.id AS other_id, s.name AS other_name
FROM account a JOIN sibling s ON s.subject = a.subject AND s.relation = 'unit' AND s.kind = 'account'
WHERE a.status = 'running' AND s.status = 'running' AND s.platform = a.platform AND s.id <> a.subject;

-- view: unfiled_mention
-- says: One row per account that the home page offers and that no registered account of the same platform family
--   answers to by its id or its name (one holding the other, without 官方, 政务, 微信 …); one without a name, or named
--   like the site's own unit, is answered to by any account of that unit. state is unfiled, or closed where only closed
--   accounts answer (the first stands in filed_as). Nothing where no list of accounts was given.
-- needs: account_mention@home, filed_account
CREATE VIEW unfiled_mention AS
WITH families(platform, title) AS (
    VALUES ('wechat', '微信公众号'), ('weibo', '微博'), ('toutiao', '头条号'), ('douyin', '抖音号'), ('kuaishou', '快手号'),
           ('channels', '视频号'), ('app', '移动客户端'), ('miniprogram', '小程序')),
written(subject, kind, id, name) AS (
    SELECT subject, 'offered', rowid, name FROM account_mention
    UNION ALL SELECT subject, 'filed', id, name FROM filed_account),
peeled AS (
    SELECT subject, kind, id,
           replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(name),
           ' ', ''), '（', ''), '）', ''), '(', ''), ')', ''), '“', ''), '”', ''), '·', ''), '官方', ''), '政务', ''), '微信',
           ''), '微博', ''), '新浪', ''), '公众号', ''), '订阅号', ''), '服务号', ''), '头条号', ''), '抖音', ''), '快手', ''), '视频号',
           ''), '小程序', ''), '客户端', ''), 'app', '') AS stem
    FROM written),
offered AS (
    SELECT m.rowid AS n, m.subject, m.page, m.url, m.platform, k.title, m.name, m.handle, m.form, m.quote, b.stem,
           s.unit, s.organizer,
           b.stem = '' OR instr(s.name, b.stem) OR instr(s.unit, b.stem) OR instr(s.organizer, b.stem)
               OR (s.unit <> '' AND instr(b.stem, s.unit)) OR (s.organizer <> '' AND instr(b.stem, s.organizer)) AS own
    FROM account_mention m JOIN families k ON k.platform = m.platform JOIN site s ON s.subject = m.subject
    JOIN peeled b ON b.subject = m.subject AND b.kind = 'offered' AND b.id = m.rowid),
answers AS (
    SELECT o.n, o.subject, f.name, f.status <> 'closed' AS alive
    FROM offered o JOIN filed_account f ON f.subject = o.subject AND f.platform IN (o.platform, 'other')
    JOIN peeled b ON b.subject = f.subject AND b.kind = 'filed' AND b.id = f.id
    WHERE (o.handle <> '' AND o.handle = f.handle)
       OR (length(o.stem) >= 2 AND instr(b.stem, o.stem))
       OR (length(b.stem) >= 3 AND instr(o.stem, b.stem))  -- two characters are no more than a place
       OR (o.own AND f.platform = o.platform
           AND (f.unit IN (o.unit, o.organizer) OR f.organizer IN (o.unit, o.organizer))
           AND (o.handle = '' OR f.handle = '' OR o.handle GLOB '*[^0-9]*' OR f.handle GLOB '*[^0-9]*')))
SELECT o.subject, p.url AS page, t.url AS url, o.platform, o.title, o.name, o.handle, o.form, o.quote,
       CASE WHEN x.name IS NULL THEN 'unfiled' ELSE 'closed' END AS state, coalesce(min(x.name), '') AS filed_as
FROM offered o JOIN address p ON p.id = o.page JOIN address t ON t.id = o.url
LEFT JOIN answers x ON x.n = o.n AND x.subject = o.subject
WHERE NOT EXISTS (SELECT 1 FROM answers y WHERE y.n = o.n AND y.subject = o.subject AND y.alive)
  AND NOT EXISTS (SELECT 1 FROM gather_log g WHERE g.subject = o.subject AND g.fact = 'filed_account'
                  AND g.state NOT IN ('complete', 'notApplicable'))
GROUP BY o.n, o.subject;

-- view: visit_share
-- says: One row per site with its recorded visits of the seven full days before the inspection day, as the standard
--   counts them: days, visits, failures (not ok, or 15 s and longer) and their share.
-- needs: visit
CREATE VIEW visit_share AS
WITH counted AS (
    SELECT v.subject, v.on_date, (v.outcome <> 'ok' OR v.elapsed_ms >= 15000) AS failed, v.at
    FROM visit v JOIN clock c WHERE v.on_date >= date(c.today, '-7 days') AND v.on_date < c.today)
SELECT s.subject, a.url AS url, count(k.at) AS visits, count(DISTINCT k.on_date) AS days,
       coalesce(sum(k.failed), 0) AS failures,
       CASE WHEN count(k.at) = 0 THEN 0.0 ELSE 1.0 * sum(k.failed) / count(k.at) END AS share,
       (SELECT coalesce(min(n), 0) FROM (SELECT count(*) AS n FROM counted q WHERE q.subject = s.subject
                                         GROUP BY q.on_date)) AS least_a_day,
       coalesce((SELECT min(at) FROM counted q WHERE q.subject = s.subject AND q.failed), '') AS first_failure_at
FROM site s JOIN address a ON a.id = s.url LEFT JOIN counted k ON k.subject = s.subject GROUP BY s.subject;

-- view: overdue_message
-- says: One row per published consultation message of the past year without a reply, with the days it has waited.
-- needs: message
CREATE VIEW overdue_message AS
SELECT m.subject, m.key, a.url AS url, b.url AS board, m.title, m.asked_on,
       CAST(julianday(c.today) - julianday(m.asked_on) AS INTEGER) AS days_waiting
FROM message m JOIN clock c JOIN address a ON a.id = m.url JOIN address b ON b.id = m.board
WHERE m.kind = 'consultation' AND m.has_reply = 0 AND m.asked_on <> '' AND m.asked_on >= months_after(c.today, -12);

-- view: board_message
-- says: One row per published message with its addresses as text.
-- needs: message
CREATE VIEW board_message AS
SELECT m.subject, m.key, a.url AS url, b.url AS board, m.title, m.kind, m.asked_on, m.replied_on, m.reply_unit,
       m.has_reply
FROM message m JOIN address a ON a.id = m.url JOIN address b ON b.id = m.board;

-- view: service_guide
-- says: One row per service guide with its address as text.
-- needs: guide
CREATE VIEW service_guide AS
SELECT g.subject, g.key, a.url AS url, g.title FROM guide g JOIN address a ON a.id = g.url;

-- view: guide_elements
-- says: One row per guide and key element (the ten 办事指南要素): present 1 or 0, its value and its flaw.
-- needs: guide, guide_element
CREATE VIEW guide_elements AS
WITH wanted(element) AS (
    VALUES ('事项名称'), ('设定依据'), ('申请条件'), ('办理材料'), ('办理地点'), ('办理机构'), ('收费标准'),
           ('办理时间'), ('联系电话'), ('办理流程'))
SELECT g.subject, g.key AS guide, a.url AS url, g.title, w.element,
       e.element IS NOT NULL AS present, coalesce(e.value, '') AS value, coalesce(e.flaw, '') AS flaw
FROM guide g JOIN wanted w JOIN address a ON a.id = g.url
LEFT JOIN guide_element e ON e.subject = g.subject AND e.guide = g.key AND e.element = w.element
                          AND trim(e.value) <> '';

-- view: guide_flaw
-- says: One row per guide and flawed element (vague, unclear-form, name-only, no-form, dead-phone).
-- needs: guide, guide_element
CREATE VIEW guide_flaw AS
SELECT g.subject, g.key AS guide, a.url AS url, g.title, e.element, e.value, e.flaw
FROM guide g JOIN guide_element e ON e.subject = g.subject AND e.guide = g.key AND e.flaw <> ''
JOIN address a ON a.id = g.url;

-- view: wording_hit
-- says: One row per lexicon hit with its location as text.
-- needs: term_hit
CREATE VIEW wording_hit AS
SELECT h.subject, a.url AS location, h.category, h.term, h.suggestion, h.certainty, h.quote, h.lexicon
FROM term_hit h JOIN address a ON a.id = h.location;

-- view: post_wording
-- says: One row per lexicon hit in the title or the text of an account's post, with the post's address as text
--   ("account:" and the id where it has none).
-- needs: term_hit@post
CREATE VIEW post_wording AS
SELECT h.subject, a.url AS location, h.category, h.term, h.suggestion, h.certainty, h.quote, h.lexicon
FROM account s JOIN term_hit h ON h.subject = s.subject JOIN address a ON a.id = h.location;

-- view: personal_data
-- says: One row per leak of personal data with its location as text; values are masked.
-- needs: leak
CREATE VIEW personal_data AS
SELECT l.subject, a.url AS location, l.kind, l.masked, l.hmac, l.certainty, l.quote
FROM leak l JOIN address a ON a.id = l.location;

-- view: suspicious_target
-- says: One row per link target that is doubted (harmful-target, wrong-target) with its addresses as text, the text of the
--   link and the words that show it.
-- needs: hidden_link@target
CREATE VIEW suspicious_target AS
SELECT h.subject, p.url AS page, h.kind, t.url AS url, h.text, h.first_seen_on, h.quote
FROM hidden_link h JOIN address p ON p.id = h.page JOIN address t ON t.id = h.url
WHERE h.kind IN ('harmful-target', 'wrong-target');

-- view: tampering
-- says: One row per sign of tampering on the site's own pages (hidden links, hijacked titles, what only search engines are
--   shown) with its addresses as text and the days since it was first seen; link targets stand in suspicious_target.
-- needs: hidden_link
CREATE VIEW tampering AS
SELECT h.subject, p.url AS page, h.kind, t.url AS url, h.text, h.first_seen_on, h.quote,
       coalesce(CAST(julianday(c.today) - julianday(h.first_seen_on) AS INTEGER), 0) AS days_seen
FROM hidden_link h JOIN clock c JOIN address p ON p.id = h.page JOIN address t ON t.id = h.url
WHERE h.kind NOT IN ('harmful-target', 'wrong-target');

-- view: related_article
-- says: One row per link between an interpretation and its document, with addresses as text.
-- needs: relation
CREATE VIEW related_article AS
SELECT r.subject, a.url AS url, r.kind, t.url AS target, r.form
FROM relation r JOIN address a ON a.id = r.url JOIN address t ON t.id = r.target;

-- view: policy_document
-- says: One row per article of a column of type policy or interpretation, with its date ('' if none), 文号 and unit.
-- needs: article, list_item@column, article_date@column
CREATE VIEW policy_document AS
SELECT i.subject, u.url AS url, i.title, l.url AS column_url,
       coalesce((SELECT d.on_date FROM dated_article d WHERE d.address = i.url AND d.subject = i.subject), '') AS on_date,
       s.type, coalesce(r.document_no, '') AS document_no
FROM site_column s JOIN list_item i ON i.subject = s.subject AND i.listed_in = s.url
JOIN address u ON u.id = i.url JOIN address l ON l.id = i.listed_in
LEFT JOIN article r ON r.subject = i.subject AND r.url = i.url
WHERE s.type IN ('policy', 'interpretation');

-- view: tested
-- says: One row per active test of the subject, with its address as text.
-- needs: probe
CREATE VIEW tested AS
SELECT p.subject, p.probe, p.item, p.outcome, a.url AS url, p.detail, p.certainty
FROM probe p JOIN address a ON a.id = p.url;

-- view: certificate_test
-- says: One row per site registered as https, with what a handshake with its home page's server showed: outcome yes, no,
--   unclear or '' (not tested), and the last day on which the certificate is valid ('' if unknown).
-- needs: probe@certificate
CREATE VIEW certificate_test AS
SELECT s.subject, h.url AS url, s.host, coalesce(p.outcome, '') AS outcome, coalesce(p.detail, '') AS detail,
       coalesce(p.certainty, 'candidate') AS certainty,
       coalesce((SELECT max(e.item) FROM probe e WHERE e.subject = s.subject AND e.probe = 'certificate-expiry'), '')
           AS valid_until
FROM site s JOIN address h ON h.id = s.url
LEFT JOIN probe p ON p.subject = s.subject AND p.probe = 'certificate'
WHERE h.url GLOB 'https://*';

-- view: ipv6_test
-- says: One row per site with what came of reading it over IPv6: outcome yes, no, unclear or '' (not tested).
-- needs: probe@ipv6
CREATE VIEW ipv6_test AS
SELECT s.subject, h.url AS url, coalesce(p.outcome, '') AS outcome, coalesce(p.detail, '') AS detail,
       coalesce(p.certainty, 'candidate') AS certainty
FROM site s JOIN address h ON h.id = s.url LEFT JOIN probe p ON p.subject = s.subject AND p.probe = 'ipv6';

-- view: closed_site_answer
-- says: One row per site registered as closed, with whether it still answers: outcome yes, no, unclear or '' (not tested).
-- needs: probe@closed
CREATE VIEW closed_site_answer AS
SELECT s.subject, h.url AS url, coalesce(p.outcome, '') AS outcome, coalesce(p.detail, '') AS detail,
       coalesce(p.certainty, 'candidate') AS certainty
FROM site s JOIN address h ON h.id = s.url LEFT JOIN probe p ON p.subject = s.subject AND p.probe = 'closed-answers'
WHERE s.status = 'closed';

-- view: page_mark
-- says: One row per mark of a page with its address as text.
-- needs: mark
CREATE VIEW page_mark AS
SELECT m.subject, a.url AS url, m.kind, m.value, m.form, m.quote FROM mark m JOIN address a ON a.id = m.page;

-- view: services_page
-- says: One row per page of the services area with its address as text.
-- needs: service_page
CREATE VIEW services_page AS
SELECT s.subject, a.url AS url, s.kind, s.classifications, s.title
FROM service_page s JOIN address a ON a.id = s.url;

-- view: offered_file
-- says: One row per file offered for download with its addresses as text.
-- needs: attachment
CREATE VIEW offered_file AS
SELECT f.subject, a.url AS url, p.url AS page, f.title, f.extension
FROM attachment f JOIN address a ON a.id = f.url JOIN address p ON p.id = f.page;

-- view: function_of_account
-- says: One row per function of an account with its address as text ('' if it leads nowhere), and whether that was
--   found dead for certain (dead).
-- needs: account_function
CREATE VIEW function_of_account AS
SELECT f.subject, f.kind, f.name, f.interaction, coalesce(a.url, '') AS url,
       f.url <> 0 AND EXISTS (SELECT 1 FROM probe p WHERE p.subject = f.subject AND p.url = f.url
                              AND p.probe = 'menu-link' AND p.outcome = 'no' AND p.certainty = 'certain') AS dead
FROM account_function f LEFT JOIN address a ON a.id = f.url;

-- view: app_download
-- says: One row per mobile client with what came of downloading it by its listed channels: outcome yes, no, unclear or ''
--   (not tested), and the address of the channel that counts as text ('' if there is none).
-- needs: probe@app-download
CREATE VIEW app_download AS
SELECT a.subject, coalesce(p.outcome, '') AS outcome, coalesce(p.detail, '') AS detail,
       coalesce(p.certainty, 'candidate') AS certainty, coalesce(u.url, '') AS url
FROM account a LEFT JOIN probe p ON p.subject = a.subject AND p.probe = 'app-download'
LEFT JOIN address u ON u.id = p.url
WHERE a.platform = 'app';

-- view: menu_link
-- says: One row per web page that an account's menu leads to: the entry's name, its address as text, whether it opens
--   (outcome yes, no or unclear) and what was seen.
-- needs: probe@menu-link
CREATE VIEW menu_link AS
SELECT p.subject, p.item AS name, a.url AS url, p.outcome, p.detail, p.certainty
FROM probe p JOIN address a ON a.id = p.url WHERE p.probe = 'menu-link';

-- view: account_post
-- says: One row per post of an account with its address as text ('' if the source gives none).
-- needs: post
CREATE VIEW account_post AS
SELECT p.subject, p.key, coalesce(a.url, '') AS url, p.title, p.on_date, p.at, p.original, p.source
FROM post p LEFT JOIN address a ON a.id = p.url;

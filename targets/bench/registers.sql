-- 生成的登记：一张表一段，由 filling.py 以 COPY 装入；同样的行数总得出同样的数据。
-- %(rows)s 签约数，%(persons)s 人数，%(institutions)s 机构数，%(teams)s 团队数，%(communities)s 社区数。
-- bench_pick(i, salt, n) 是 0 到 n-1 之间的一个数，像随机而总相同；统计日是 2026-06-30。

-- table institutions_institution
SELECT i AS id, '' AS void_reason, md5('i' || i) AS uid, 'B' || i AS code
FROM generate_series(1, %(institutions)s) i

-- table institutions_institutionprofile
-- 每三家一家养老；每十五家有一家内设医务室，与举办单位同址。
SELECT i AS id, '' AS void_reason, date '2015-01-01' AS starts_on, i AS institution_id,
    '机构' || i AS name, '' AS pinyin, community.region_id,
    '路' || at || '号' AS address, '' AS credit_code,
    CASE WHEN bench_pick(i, 11, 100) < 4 THEN 'SUSPENDED' ELSE 'OPERATING' END AS status,
    CASE WHEN i %% 3 = 0 THEN '' WHEN i %% 15 = 1 THEN 'D400'
        ELSE ('{A100,A210,B100,B200,B200,C210,C220,C220,D110,D211,D211,D600,D600,D600}'::text[])
            [1 + bench_pick(i, 12, 14)] END AS category,
    CASE WHEN i %% 3 <> 0 AND i %% 15 <> 1 THEN 1 + bench_pick(i, 13, 3) END AS level,
    '' AS grade,
    CASE WHEN bench_pick(i, 14, 2) = 0 THEN '{GERIATRICS}' ELSE '{}' END AS departments,
    CASE WHEN i %% 3 = 0 THEN
        ('{CARE_HOME,APARTMENT,WELFARE_HOME,STREET_ELDERLY_CENTRE,DAY_CARE_CENTRE}'::text[])
            [1 + bench_pick(i, 15, 5)] ELSE '' END AS elderly_kind,
    'PUBLIC' AS ownership,
    CASE WHEN i %% 15 = 1 AND i > 1 THEN i - 1 END AS host_id
FROM (
    SELECT i, CASE WHEN i %% 15 = 1 AND i > 1 THEN i - 1 ELSE i END AS at
    FROM generate_series(1, %(institutions)s) i
) site
JOIN bench_community community ON community.n = bench_pick(at, 10, %(communities)s)

-- table institutions_licence
SELECT i AS id, '' AS void_reason, date '2019-01-01' AS starts_on,
    CASE WHEN bench_pick(i, 20, 100) < 5 THEN date '2026-03-31' END AS ends_on,
    i AS institution_id,
    CASE WHEN i %% 3 = 0 THEN 'ELDERLY_FILING' ELSE 'MEDICAL_LICENCE' END AS kind,
    'L' || i AS number, '' AS issued_by,
    CASE WHEN i %% 3 = 0 THEN 5 + bench_pick(i, 21, 200) END AS full_time_beds
FROM generate_series(1, %(institutions)s) i

-- table institutions_greenchannel
SELECT i AS id, '' AS void_reason, date '2017-05-01' AS starts_on, i AS institution_id,
    CASE WHEN bench_pick(i, 30, 10) = 0 THEN '{REGISTRATION,CONSULTATION}'
        ELSE '{REGISTRATION,CONSULTATION,PAYMENT,DISPENSING}' END AS steps
FROM generate_series(1, %(institutions)s) i
WHERE i %% 3 <> 0 AND bench_pick(i, 31, 10) < 8

-- table institutions_careservice
SELECT i AS id, '' AS void_reason, date '2018-01-01' AS starts_on, i AS institution_id,
    'MEDICAL_ROUND' AS form, true AS gives_medical, bench_pick(i, 40, 2) = 0 AS gives_rehabilitation
FROM generate_series(3, %(institutions)s, 3) i
WHERE bench_pick(i, 41, 2) = 0

-- table institutions_bedcount
-- 每季一报，近两年；内设单位另有卫健口径。
SELECT (i - 1) * 8 + quarter + 1 AS id, '' AS void_reason, i AS institution_id,
    (date '2024-10-01' + quarter * interval '3 months' - interval '1 day')::date AS counted_on,
    CASE WHEN i %% 3 = 0 THEN 'CIVIL_AFFAIRS' ELSE 'HEALTH' END AS register, 'ACTUAL' AS basis,
    20 + bench_pick(i, 50, 150) AS total, bench_pick(i, 51, 20) AS nursing,
    bench_pick(i, 52, 10) AS rehabilitation, 0 AS hospice, 0 AS day_care,
    0 AS in_both, 0 AS in_both_care
FROM generate_series(1, %(institutions)s) i, generate_series(0, 7) quarter
WHERE (i %% 3 = 0 OR i %% 15 = 1) AND bench_pick(i * 8 + quarter, 53, 100) < 97

-- table institutions_occupancy
SELECT (i - 1) * 12 + month + 1 AS id, '' AS void_reason, i AS institution_id,
    (date '2025-08-01' + month * interval '1 month' - interval '1 day')::date AS counted_on,
    10 + bench_pick(i, 60, 100) AS occupants, 3 AS dependent, 2 AS partly_dependent,
    4 AS aged_80_plus
FROM generate_series(3, %(institutions)s, 3) i, generate_series(0, 11) month
WHERE bench_pick(i * 12 + month, 61, 100) < 97

-- table institutions_population
SELECT row_number() OVER (ORDER BY region.id, year, "group") AS id, '' AS void_reason,
    region.id AS region_id, "group", 'USUAL' AS basis, make_date(year, 11, 1) AS counted_on,
    share * (CASE region.level WHEN 'DISTRICT' THEN 40 ELSE 1 END) * 1000 AS people,
    '生成' AS source
FROM institutions_region region, generate_series(2023, 2025) year,
    (VALUES ('TOTAL', 60), ('AGED_60', 14), ('AGED_65', 10), ('AGED_80', 2), ('KEY', 15))
        AS published("group", share)
WHERE region.level IN ('DISTRICT', 'STREET')

-- table institutions_pilotproject
SELECT n AS id, '' AS void_reason, '试点' || n AS name, region_id, date '2017-02-09' AS named_on,
    date '2017-10-01' AS in_use_on, CASE WHEN n %% 2 = 0 THEN date '2017-11-01' END AS verified_on
FROM bench_community WHERE n BETWEEN 1 AND 20

-- table contracts_partnershipagreement
-- 养老 i 与医疗 i + 1、i + 2 签约，部分已到期或解约。
SELECT i + party AS id, '' AS void_reason, md5('a' || i || '/' || party) AS uid,
    'A' || i || '/' || party AS number, i + party AS medical_id, i AS elderly_id,
    'COOPERATION' AS mode, '{TREATMENT,REHABILITATION}' AS items, date '2023-01-01' AS signed_on,
    date '2023-01-01' AS starts_on,
    CASE WHEN bench_pick(i, 70, 10) = 0 THEN date '2026-04-30' ELSE date '2028-12-31' END
        AS expires_on,
    CASE WHEN bench_pick(i, 71, 40) = 0 THEN date '2025-01-01' END AS terminated_on,
    CASE WHEN bench_pick(i, 71, 40) = 0 THEN '生成' ELSE '' END AS termination_reason
FROM generate_series(3, %(institutions)s - 2, 3) i, generate_series(1, 2) party
WHERE party = 1 OR bench_pick(i, 72, 10) < 3

-- table contracts_doctorteam
SELECT i AS id, '' AS void_reason, date '2016-01-01' AS starts_on, md5('t' || i) AS uid,
    'T' || i AS code, '团队' || i AS name, '' AS pinyin,
    1 + 3 * bench_pick(i, 80, %(institutions)s / 3) AS institution_id
FROM generate_series(1, %(teams)s) i

-- table contracts_teamarea
SELECT n + 1 AS id, '' AS void_reason, date '2016-01-01' AS starts_on,
    1 + n %% %(teams)s AS team_id, region_id
FROM bench_community

-- table contracts_person
SELECT i AS id, '' AS void_reason, md5('p' || i) AS uid,
    digest || substr(digest, 1, 12) AS name_sealed, sha256(int8send(i %% 9999)) AS name_digest,
    digest || substr(digest, 1, 20) AS id_sealed, digest AS id_digest,
    digest || substr(digest, 1, 13) AS phone_sealed,
    date '1935-01-01' + bench_pick(i, 90, 11400)::int AS born_on,
    CASE WHEN i %% 2 = 0 THEN 'F' ELSE 'M' END AS sex,
    CASE WHEN bench_pick(i, 91, 100) < 3 THEN date '2025-01-01' + bench_pick(i, 92, 540)::int END
        AS died_on,
    CASE WHEN i %% 200 = 0 THEN i - 1 END AS duplicate_of_id
FROM generate_series(1::bigint, %(persons)s) i, LATERAL (SELECT sha256(int8send(i))) d(digest)

-- table contracts_personresidence
-- 每十人一人搬过一次家：先前的一条，以及人人都有的现在这条。
SELECT %(persons)s + i AS id, '' AS void_reason, date '2016-01-01' AS starts_on,
    date '2022-12-31' + bench_pick(i, 100, 1200)::int AS ends_on, 'USUAL' AS kind, '' AS reason,
    NULL AS institution_id, i AS person_id, community.region_id
FROM generate_series(10, %(persons)s, 10) i
JOIN bench_community community ON community.n = bench_pick(i, 101, %(communities)s)
UNION ALL
SELECT i, '',
    CASE WHEN i %% 10 = 0 THEN date '2023-01-01' + bench_pick(i, 100, 1200)::int
        ELSE date '2016-01-01' END,
    NULL,
    CASE WHEN bench_pick(i, 102, 100) < 94 THEN 'USUAL'
        WHEN bench_pick(i, 102, 100) < 98 THEN 'REGISTERED' ELSE 'LEFT' END,
    '', CASE WHEN bench_pick(i, 103, 50) = 0 THEN
        3 + 3 * bench_pick(i, 104, %(institutions)s / 3) END,
    i, community.region_id
FROM generate_series(1, %(persons)s) i
JOIN bench_community community ON community.n = bench_pick(i, 105, %(communities)s)

-- table contracts_keygroupmembership
SELECT i AS id, '' AS void_reason, date '2020-01-01' AS starts_on,
    CASE WHEN bench_pick(i, 111, 3) = 0 THEN 'DIABETES' ELSE 'HYPERTENSION' END AS "group",
    i AS person_id
FROM generate_series(1, %(persons)s) i
WHERE bench_pick(i, 110, 100) < 15

-- table contracts_familydoctorsignup
-- 按登记先后排，不按人排：一人的首签与续签相距很远。每四人一人续签过。
SELECT k AS id, '' AS void_reason, md5('s' || k) AS uid, starts_on AS signed_on, starts_on,
    CASE WHEN is_renewed OR is_renewal OR bench_pick(person, 122, 10) < 3
        THEN (starts_on + interval '1 year' - interval '1 day')::date
        ELSE (starts_on + interval '3 years' - interval '1 day')::date END AS expires_on,
    NOT is_renewed AND bench_pick(person, 123, 10) < 4 AS auto_renews,
    CASE WHEN is_ended THEN starts_on + 200 END AS terminated_on,
    CASE WHEN is_ended THEN '生成' ELSE '' END AS termination_reason,
    1 + bench_pick(person, 124, %(teams)s) AS team_id, person AS person_id
FROM (
    SELECT k, person, is_renewal, is_renewed,
        CASE WHEN is_renewal THEN (first_on + interval '1 year')::date ELSE first_on END
            AS starts_on,
        NOT is_renewed AND bench_pick(person, 125, 100) < 3 AS is_ended
    FROM (
        SELECT k, person, k > %(persons)s AS is_renewal,
            k <= %(persons)s AND k <= %(rows)s - %(persons)s AS is_renewed,
            date '2024-03-01' + bench_pick(person, 121, 480)::int AS first_on
        FROM (
            SELECT k, 1 + ((k - 1) %% %(persons)s * 7919) %% %(persons)s AS person
            FROM generate_series(1::bigint, %(rows)s) k
        ) one
    ) two
) three

-- table contracts_healthmanagement
-- 去年七成的人，今年上半年三成五。
SELECT i * 2 + year - 2025 AS id, '' AS void_reason, year, make_date(year, 1, 2) AS record_on,
    exam_on, exam_on + 3 AS guided_on,
    CASE WHEN bench_pick(i, 131, 100) < 95 THEN exam_on + 5 END AS form_completed_on,
    1 + 3 * bench_pick(i, 132, %(institutions)s / 3) AS institution_id, i AS person_id
FROM (VALUES (2025, 70, 350), (2026, 35, 165)) AS done(year, share, days)
CROSS JOIN generate_series(1, %(persons)s) i,
    LATERAL (SELECT make_date(year, 1, 5) + bench_pick(i, 130, days)::int) e(exam_on)
WHERE bench_pick(i, 133, 100) < share

-- table contracts_homesickbed
SELECT i AS id, '' AS void_reason, date '2026-03-01' AS starts_on,
    1 + 3 * bench_pick(i, 140, %(institutions)s / 3) AS institution_id, i AS person_id
FROM generate_series(100, %(persons)s, 2000) i

-- table contracts_signupaggregate
SELECT row_number() OVER (ORDER BY region.id, month, "group") AS id, '' AS void_reason,
    region.id AS region_id,
    (date '2025-08-01' + month * interval '1 month' - interval '1 day')::date AS counted_on,
    "group", 1000 + bench_pick(region.id, 150, 9000) AS signed
FROM institutions_region region, generate_series(0, 11) month,
    (VALUES ('UNDER_60'), ('KEY_UNDER_60')) AS returned("group")
WHERE region.level = 'STREET' AND bench_pick(region.id * 12 + month, 151, 100) < 95

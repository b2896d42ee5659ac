"""Texts of many languages in many encodings: read rightly, or asked with the right text among the readable ones."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablee.datasets.reading import Corrections, Reason
from tablee.errors import InvalidTable
from tablee_data.readers.content import Source
from tablee_data.readers.detection.eight_bits import MOST
from tablee_data.readers.detection.encodings import detect_encoding
from tablee_data.readers.detection.letters import plausibility
from tablee_data.readers.table import read

TEXTS = {
    "fr": "commune;département\nIsère;Évry\nLozère;Nîmes\nBesançon;Rhône\nChâlons;Forêt\n",
    "fr_e": "ville\nOrléans\nBéziers\nPérigueux\n",
    "fr_grave": "dept\nIsère\nLozère\nFinistère\nArdèche\n",
    "fr_a": "phrase\ndéjà vu\nvoilà\nà la carte\n",
    "fr_ci": "ville\nNîmes\nNîmes\nNîmes\n",
    "fr_cap": "VILLE\nSAINT-ÉTIENNE\nNÎMES\nBÉZIERS\nORLÉANS\n",
    "fr_euro": "prix\n10 €\n12 €\n",
    "fr_text": 'texte\n"L’été dernier, la fenêtre était ouverte. Le garçon a goûté son gâteau près du château."\n'
    '"Où êtes-vous allés ? Très loin, jusqu’à la forêt."\n',
    "fr_oe": "x\ncœur\nœuvre\nsœur\n",
    "de": "stadt;größe\nMünchen;groß\nKöln;schön\nDüsseldorf;für\nNürnberg;Straße\nÄpfel;Öl\n",
    "es": "ciudad;año\nMálaga;niño\nCórdoba;señor\nCádiz;España\nLeón;corazón\n",
    "es_n": "pais\nEspaña\nEspaña\n",
    "pt": "cidade\nSão Paulo\nBrasília\nGoiânia\nMaranhão\ninformações\nCeará\n",
    "it": "città\ncittà\nperché\nperò\npiù\ncosì\nlunedì\n",
    "sv": "stad\nMalmö\nGöteborg\nVästerås\nÖrebro\nLinköping\nÅre\n",
    "da": "by\nKøbenhavn\nÅrhus\nNæstved\nHelsingør\nRødovre\nKøge\n",
    "nl": "land\nBelgië\nItalië\ncoördinatie\nvóór\n",
    "en": "name\nBeyoncé\ncafé\nnaïve\nJosé\n",
    "ca": "vila\nL’Hospitalet\nGràcia\nMontjuïc\nLleó\n",
    "mixed_west": "name\nMüller\nNuñez\nFrançois\nSørensen\nJosé\nÅke\nBjörk\n",
    "pl": "miasto;ludność\nŁódź;1\nKraków;2\nGdańsk;3\nŚwidnica;4\nPoznań;5\nCzęstochowa;6\nZielona Góra;7\n",
    "pl_gd": "miasto\nGdańsk\nPoznań\nToruń\n",
    "cs": "město\nPlzeň\nČeské Budějovice\nÚstí nad Labem\nHradec Králové\nDěčín\nTřebíč\nŽďár\n",
    "sk": "mesto\nKošice\nŽilina\nTrenčín\nPrešov\nNové Zámky\nLučenec\nŠaľa\n",
    "hu": "város\nGyőr\nSzékesfehérvár\nKecskemét\nNyíregyháza\nHódmezővásárhely\nFűzfő\n",
    "ro": "oraş\nBucureşti\nTimişoara\nBraşov\nGalaţi\nPloieşti\nBrăila\nTârgu Mureş\n",
    "hr": "grad\nŠibenik\nČakovec\nPožega\nVaraždin\nKarlovac\nĐakovo\nKoprivnička\n",
    "tr": "şehir;nüfus\nİstanbul;1\nIğdır;2\nŞırnak;3\nEskişehir;4\nMuğla;5\nDiyarbakır;6\n",
    "lt": "miestas\nŠiauliai\nPanevėžys\nKėdainiai\nTelšiai\nMažeikiai\nUtena ąžuolas\n",
    "lv": "pilsēta\nRīga\nLiepāja\nJūrmala\nRēzekne\nŅikša ķēde\nVentspils šķūnis\n",
    "et": "linn\nTõrva\nPärnu\nJõhvi\nVõru\nKeila jää\nšokk\n",
    "ru": "город;население\nМосква;12\nКазань;13\nТверь;4\nСанкт-Петербург;5\n",
    "ru_long": 'текст\n"Все счастливые семьи похожи друг на друга, '
    'каждая несчастливая семья несчастлива по-своему."\n"Я помню чудное мгновенье"\n',
    "ru_cap": "ГОРОД\nМОСКВА\nКАЗАНЬ\nТВЕРЬ\n",
    "uk": "місто\nКиїв\nЛьвів\nЧернівці\nЗапоріжжя\n",
    "el": "πόλη;πληθυσμός\nΑθήνα;12\nΠάτρα;13\nΘεσσαλονίκη;4\nΗράκλειο;5\n",
    "he": "עיר;אוכלוסייה\nירושלים;1\nתל אביב;2\nחיפה;3\n",
    "ar": "مدينة;سكان\nالقاهرة;1\nبغداد;2\nالرياض;3\n",
    "th": "เมือง;ประชากร\nกรุงเทพ;1\nเชียงใหม่;2\nขอนแก่น;3\n",
    "zh": "城市,人口\n北京,12\n上海,13\n广州,14\n深圳,15\n",
    "zh_long": '标题,内容\n"今天天气很好，我们去公园玩。",1\n"中国人民银行发布数据",2\n',
    "zht": "城市,人口\n臺北,12\n高雄,13\n臺中,14\n桃園,15\n",
    "ja": "都市,人口\n東京,12\n大阪,13\nさいたま,14\nデータ,15\n",
    "ja_han": "都市,人口\n東京,12\n大阪,13\n京都,14\n",
    "ko": "도시,인구\n서울,12\n부산,13\n인천,14\n대구,15\n",
    "is": "staður\nReykjavík\nHafnarfjörður\nÞorlákshöfn\nÍsafjörður\n",
}
"""By language, and a word after it: words and names as public files have them."""
ENCODINGS = {
    "fr": "cp1252 iso8859-15 cp850 cp437 mac_roman cp863",
    "de": "cp1252 cp850 mac_roman",
    "es": "cp1252 cp850 mac_roman",
    "pt": "cp1252 cp850 mac_roman cp860",
    "it": "cp1252 cp850 mac_roman",
    "sv": "cp1252 cp850 cp865 mac_roman",
    "da": "cp1252 cp850 cp865",
    "nl": "cp1252 cp850",
    "en": "cp1252 mac_roman cp437",
    "ca": "cp1252 mac_roman",
    "mixed": "cp1252 cp850 mac_roman",
    "pl": "cp1250 iso8859-2 cp852 mac_latin2",
    "cs": "cp1250 iso8859-2 cp852 mac_latin2",
    "sk": "cp1250 iso8859-2 cp852",
    "hu": "cp1250 iso8859-2 cp852",
    "ro": "cp1250 iso8859-2",
    "hr": "cp1250 iso8859-2 cp852",
    "tr": "cp1254 cp857 mac_turkish iso8859-9",
    "lt": "cp1257 iso8859-13 cp775 iso8859-4",
    "lv": "cp1257 iso8859-13 iso8859-4",
    "et": "cp1257 iso8859-15",
    "ru": "cp1251 koi8-r cp866 mac_cyrillic iso8859-5",
    "uk": "cp1251 koi8-u",
    "el": "cp1253 iso8859-7 cp737 mac_greek",
    "he": "cp1255 iso8859-8 cp862",
    "ar": "cp1256 iso8859-6",
    "th": "cp874",
    "zh": "gbk gb18030",
    "zht": "big5 gb18030",
    "ja": "cp932 euc_jp",
    "ko": "cp949 euc_kr",
    "is": "cp1252",
}
"""By language: what programs write it in."""
PAIRS = [
    (name, encoding)
    for name, text in TEXTS.items()
    for encoding in ENCODINGS[name.split("_")[0]].split()
    if text.encode(encoding, errors="replace").decode(encoding) == text
]


@pytest.mark.parametrize(("name", "encoding"), PAIRS)
def test_the_right_text_or_a_question_that_shows_it(tmp_path: Path, name: str, encoding: str) -> None:
    data = TEXTS[name].encode(encoding)
    (tmp_path / "file").write_bytes(data)
    found = detect_encoding(Source.of(tmp_path / "file"))
    texts = [data.decode(each) for each in (found.chosen, *found.alternatives)]
    assert TEXTS[name] in (texts[:1] if found.sure else texts)
    assert len(set(texts)) == len(texts) <= MOST
    if not found.sure:
        assert set(found.examples) == {found.chosen, *found.alternatives}
        assert len(set(found.examples.values())) == len(texts)
        assert not any(sign < " " or "\x80" <= sign <= "\x9f" for said in found.examples.values() for sign in said)


@pytest.mark.parametrize(("name", "encoding"), PAIRS)
def test_two_words_are_enough_never_to_be_wrong_and_sure(tmp_path: Path, name: str, encoding: str) -> None:
    words = [word for word in re.split(r'[;,\n"]', TEXTS[name]) if not word.isascii()]
    for at in range(0, len(words), 2):
        text = "id;name\n" + "".join(f"{row};{word}\n" for row, word in enumerate(words[at : at + 2]))
        (tmp_path / "file").write_bytes(text.encode(encoding))
        found = detect_encoding(Source.of(tmp_path / "file"))
        assert not found.sure or text.encode(encoding).decode(found.chosen) == text


@pytest.mark.parametrize("name", [name for name, encoding in PAIRS if encoding == "cp1252" and name != "is"])
def test_the_usual_letters_of_western_europe_are_sure(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(TEXTS[name].encode("cp1252"))
    found = detect_encoding(Source.of(tmp_path / "file"))
    assert (found.chosen, found.sure) == ("windows-1252", True)
    assert found.reason in (Reason.LIKE_LATIN, Reason.NOT_LATIN)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("départ", "d‚part"),
        ("départ", "dŽpart"),
        ("Москва", "Ìîñêâà"),
        ("город", "ЦНПНД и"),
        ("Łódź", "£ódŸ"),
        ("España", "Espańa"),
        ("Isère", "Isčre"),
        ("à déjà", "ŕ déjŕ"),
        ("città", "cittŕ"),
        ("Αθήνα", "БиЮнб"),
        ("10 €", "10 ¤"),
        ("m² 20 °C", "m˛ 20 °C"),
    ],
)
def test_a_right_text_is_more_plausible_than_a_wrong_one(right: str, wrong: str) -> None:
    assert plausibility(right).score > plausibility(wrong).score


@given(data=st.binary(min_size=1, max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes_have_a_plausibility(data: bytes) -> None:
    for encoding in ("cp1252", "koi8-r", "gb18030", "utf-16-le"):
        assert 0 <= plausibility(data.decode(encoding, errors="ignore")).score <= 1


SIGNS = (
    *("pm10 [µg/m³]\n12\n", "length (µm)\n3\n", "unit\nµV\nµA\n", "item,price\ntea,£3.20\n", "cost (£)\n3\n"),
    *("size\n½\n¾\n¼\n", "x,y\na,1½\n", "t (°C)\n1\n", "t\n20°\n", "price\n3 €\n", "price\n€3\n", "law\n§ 3\n"),
    *("name\n© 2020\n", "name\nAspirin®\n", "name\nBrand™\n", "x\n±5\n", "x\n5 ± 2\n", "size\n3×4\n", "price\n¥300\n"),
    *("price\n50¢\n", "name\n“hello” he said\n", "name\nit’s\n", "years\n2010–2020\n", "text\nand so on…\n"),
    *("text\n• item\n", "place\n1º\n2ª\n", "name\nn° 3\n", "share\n5 ‰\n", "area [m²]\n1\n", "n\n1\u00a0234\n"),
    *("name\n«oui»\n", "text\n¿que?\n", "city,°F\nA,3\n", "x\n5†\n", "text\n¶ 4\n"),
)
"""Files in which nothing but a sign is beyond ASCII."""


@pytest.mark.parametrize("text", SIGNS)
def test_signs_alone_speak_for_windows_1252(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_bytes(text.encode("cp1252"))
    assert detect_encoding(Source.of(tmp_path / "file")).chosen == "windows-1252"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,city\n1,Paris\n2,Málaga\n", "cp850"),
        ("id,city\n1,Málaga\n2,Málaga\n", "cp437"),
        ("item,price\ntea,£3.20\nmilk,£1.10\n", "cp437"),
        ("item,price\ntea,3£\n", "cp850"),
        ("size\n½\n", "cp850"),
        ("m\nµg\n", "cp850"),
        ("city\nŁask\n", "cp1250"),
        ("id;city\n1;Plzeň\n", "cp1250"),
        ("id;city\n1;Rīga\n", "cp1257"),
        ("id;city\n1;Świdnica\n", "cp1250"),
        ("id;city\n1;İstanbul\n", "cp1254"),
        ("id;word\n1;groß\n", "mac_roman"),
        ("id;word\n1;Äpfel\n", "mac_roman"),
        ("city\nZŁ\n", "cp1250"),
    ],
)
def test_few_characters_are_asked_about_with_windows_1252_or_a_text_that_it_cannot_be(
    tmp_path: Path, text: str, encoding: str
) -> None:
    data = text.encode(encoding)
    (tmp_path / "file").write_bytes(data)
    found = detect_encoding(Source.of(tmp_path / "file"))
    assert not found.sure
    assert text in [data.decode(each) for each in (found.chosen, *found.alternatives)]


BROKEN: dict[str, tuple[bytes, int, int]] = {
    "cut at the end": ("name\nJosé\nFrançois\nZo".encode() + b"\xc3", 1, 4),
    "cut within": ("name,n\nJosé,1\nFrançois,2\nZo".encode() + b"\xc3,3\n", 1, 4),
    "a row of Windows-1252": ("name;x\r\nJosé;1\r\nMüller;2\r\n".encode() + b"Fran\xe7ois;3\r\n", 1, 4),
    "with a mark": (codecs.BOM_UTF8 + "name;x\nJosé;1\n".encode() + b"Fran\xe7ois;3\n", 1, 3),
    "many rows before": (("name,n\n" + "José,1\n" * 100).encode() + b"Fran\xe7ois,2\n", 1, 102),
    "more than the sample before": (("n\n" + ("é" * 99 + "\n") * 2000).encode() + b"\xe9\n" * 2, 2, 2002),
}
"""By name: UTF-8 with broken bytes, the number of their places, and the line of the first."""


@pytest.mark.parametrize("name", BROKEN)
def test_utf_8_with_broken_bytes_is_asked_about_with_the_first_line(tmp_path: Path, name: str) -> None:
    data, count, line = BROKEN[name]
    file = tmp_path / "file"
    file.write_bytes(data)
    found = detect_encoding(Source.of(file))
    assert (found.chosen, found.reason, found.sure) == ("utf-8", Reason.NEARLY_UTF_8, False)
    assert found.facts == {"count": count, "line": line}
    assert "windows-1252" in found.alternatives or data.startswith(codecs.BOM_UTF8)
    if found.examples and len(data) < 10_000:
        assert "\ufffd" in found.examples["utf-8"]
    table = read(file, tmp_path / "stored")
    assert table.reading.replaced_bytes
    column = pl.read_parquet(tmp_path / "stored")[:, 0].to_list()
    assert sum("\ufffd" in cell for cell in column) == count
    asked = read(file, tmp_path / "stored", asked=Corrections(encoding="utf-8"))
    (decision,) = [each for each in asked.decisions if each.field == "encoding"]
    assert (decision.reason, decision.sure, decision.facts["line"]) == (Reason.NEARLY_UTF_8, True, line)
    read(file, tmp_path / "stored", asked=Corrections(encoding="windows-1252"))


def test_as_many_broken_letters_as_sound_ones_offer_utf_8(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("name\nJosé\n".encode() + b"Jos\xe9\n")
    found = detect_encoding(Source.of(tmp_path / "file"))
    assert not found.sure
    assert {"utf-8", "windows-1252"} <= {found.chosen, *found.alternatives}
    assert found.examples["utf-8"] == "Jos\ufffd, José"


def test_another_encoding_is_no_utf_8_whatever_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes("name\nÉvry\nNîmes\nBesançon\n".encode("cp1252"))
    with pytest.raises(InvalidTable) as refused:
        read(file, tmp_path / "stored", asked=Corrections(encoding="utf-8"))
    assert (refused.value.reason, refused.value.place["line"]) == ("not_in_encoding", 2)


SHORT = (
    "nom;montant;code;facture;remarque\r\nZoé;1\u00a0234,50;007;13/03/2024;x\r\n",
    "nom;œuvre\nx;5\u00a0%\n",
    "nom;ville\nç;x\naoût;x\n",
    "ç;n\nabc;1\n",
    "prénom;âge\nLéa;31\n",
    "nom;ville\nDupont;Orléans\n",
    "ville\nNîmes\n",
    "ville\nSaint-Étienne\nParis\n",
    "nom\nFrançois\n",
    "date;température\n2024-01-01;12,5\n",
    "température (°C);n\n12;1\n",
    "surface (m²);n\n12;1\n",
    "n°;x\n1;2\n",
    "prix\n12 €\n",
    "nom;l’été\nx;5 °C\n",
    "nom\ncœur\n",
    "forêt\nx\n",
    "île;n\nRé;1\n",
    "élève;note\nAnna;12\n",
    "où\nici\n",
    "à;b\n1;2\n",
    "PRÉNOM;NOM\nANNE;X\n",
    "nom;déjà\nx;noël\n",
    "« oui »;n\n1;2\n",
    "Straße;n\nx;1\n",
    "ort;Größe\nKöln;1\n",
    "año;n\n2020;1\n",
    "città;n\nRoma;1\n",
    "cidade\nSão Paulo\n",
    "by\nKøbenhavn\n",
    "stad\nMalmö\n",
)
"""Files of a few lines, with one to three words beyond ASCII."""


@pytest.mark.parametrize("text", SHORT)
def test_a_short_western_file_is_taken_for_one(tmp_path: Path, text: str) -> None:
    data = text.encode("cp1252")
    (tmp_path / "file").write_bytes(data)
    found = detect_encoding(Source.of(tmp_path / "file"))
    assert data.decode(found.chosen) == text
    assert not found.sure or not found.alternatives


WESTERN_WORDS = (
    *("été", "âge", "île", "à", "née", "clé", "déjà", "Noël", "Chloé", "Besançon", "Évry", "hôtel", "août", "fenêtre"),
    *("arrêté", "société", "numéro", "très", "père", "Isère", "Rhône", "château", "naïf", "cœur", "œil", "garçon"),
    *("Müller", "größe", "Straße", "niño", "país", "São", "città", "Malmö", "Øst", "señor", "résultat", "ç"),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(WESTERN_WORDS), min_size=1, max_size=3, unique=True), st.booleans())
def test_any_few_western_words_are_taken_for_such(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], in_header: bool
) -> None:
    text = ";".join(words) + "\n" + ";".join("1" * len(words)) + "\n"
    text = text if in_header else "n;m\n" + "".join(f"{word};x\n" for word in words)
    file = tmp_path_factory.mktemp("short") / "file"
    file.write_bytes(text.encode("cp1252"))
    assert text.encode("cp1252").decode(detect_encoding(Source.of(file)).chosen) == text

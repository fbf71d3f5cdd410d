"""Nothing -> a small file of each format, for `fuzz_readers.py` to damage."""

_NOTE = (
    "<note><pitch><step>{}</step><octave>4</octave></pitch><duration>{}</duration></note>".format
)
_BAR = "<measure number='{}'>{}{}</measure>".format
_FIRST = (
    "<attributes><divisions>2</divisions><key><fifths>1</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
)
SCORE = (
    "<?xml version='1.0' encoding='UTF-8'?><score-partwise><part-list><score-part id='P1'>"
    "<part-name>Flute</part-name></score-part></part-list><part id='P1'>"
    + _BAR(1, _FIRST, "".join(_NOTE(step, 2) for step in "CDEF"))
    + _BAR(2, "<direction><sound tempo='90'/></direction>", _NOTE("G", 4) + _NOTE("A", 4))
    + _BAR(3, "<backup><duration>0</duration></backup>", _NOTE("G", 8))
    + "</part></score-partwise>"
)
ABC = """X:1
T:The Fuzz
M:6/8
L:1/8
Q:3/8=60
K:Edor
|:E>FG (3ABc d|[EG]2-[EG] {c}e!trill!f^g|1 "Em"e3 z3:|2 e6::
V:2 clef=bass
[K:G]E,2G, B,A,G,&D6|Z|[M:3/4][L:1/4]E<F _G/ x/|]

X:2
T:Second
K:HP
A2c e>a|f3 e3|]
"""
KERN = """!!!OTL: Fuzz
**kern\t**kern\t**text
*M4/4\t*M4/4\t*
*k[f#]\t*k[f#]\t*
*e:\t*e:\t*
=1\t=1\t=1
4E\t[4ee\tla
4F#\t4ee]\t.
*\t*^\t*
2G\t4.gg\t4b\tli
.\t.\t4r\t.
*\t*v\t*v\t*
=2\t=2\t=2
1E\t8qdd\t.
.\t1ee;\tlo
==\t==\t==
*-\t*-\t*-
"""
MEI = (
    "<mei xmlns='http://www.music-encoding.org/ns/mei'><music><body><mdiv><score>"
    "<scoreDef meter.count='3' meter.unit='4' key.sig='1f'><staffGrp><staffDef n='1'/></staffGrp>"
    "</scoreDef><section><measure n='1'><staff n='1'><layer n='1'><note pname='f' oct='4' dur='4'/>"
    "<tuplet num='3' numbase='2'><note pname='c' oct='4' dur='8'/><note pname='d' oct='4' dur='8'/>"
    "<note pname='e' oct='4' dur='8'/></tuplet><chord dur='4'><note pname='b' oct='4'/></chord>"
    "</layer></staff></measure><measure n='2'><staff n='1'><layer n='1'><app><lem>"
    "<note pname='c' oct='5' dur='2' dots='1'/></lem><rdg><mRest/></rdg></app></layer></staff>"
    "</measure></section></score></mdiv></body></music></mei>"
)
PLAINE = "@clef:G-2\n@keysig:bBE\n@timesig:3/4\n@data:=1/'4-ABC/6(ABC)qq8Dr2D+/i/!8.6CD!f''(F)//\n"
GABC = (
    "name:Fuzz;\nmode:1;\n%%\n(c4) Ky(f)ri(gfg)e(h_) *(,) e(ixhi)le(h/gss)i(f.)son.(f) (::) "
    "(f3) De(fhvv)us(hj) (;) m(hGF)e(g[nh:1]h)us(fgw) (::)\n"
)
VOLPIANO = "1---g--h-k--7---4--ij-i--hg---f--e-d-3---9abC--77---(g--h---4\n"
MIDI = bytes.fromhex(
    "4d546864 00000006 0001 0002 01e0 4d54726b 00000019 00ff5804 04021808 00ff5902 0100 00ff5103"
    "07a120 00ff2f00 4d54726b 00000032 00ff0304 466c7574 00c049 00903c40 8360803c40 00903e40 8360"
    "3e00 00 4040 40 4000 10 4100 00 b07b00 00 903c40 8360 803c40 00ff2f00"
)

"""Nations and cities by the beginnings of their names in eight languages, so that reports in two of them can meet.

A seat of government stands for its nation. See `beginnings.Beginnings` for how a line is read.
"""

from __future__ import annotations

from watcher.stories.beginnings import Beginnings

_NATIONS = """
us us= usa= indiana america american amerika amerikan amerique americ estadounid washington أمریک امریک أمیرک امیرک
  واشنطن واشینگتن сша= америк вашингтон abd= eeuu= trump ترامب ترمب трамп pentagon بنتاغون پنتاگون пентагон
ir iran ایران إیران طهران تهران тегеран иран tehran teheran tahran teheran persian
iq iraq irak iraqi iraki ирак عراق العراق baghdad bagdad bağdat багдад بغداد
il israel isra israil ısrail إسرائیل اسرائیل израил
de german germany deutsch deutschland bundes allemagn allemand aleman almanya alman ألمانیا آلمان المانی ألمانی
  герман немец берлин berlin برلین
fr france french frankreich franzos franc= francais francaise francia frances fransa fransiz فرنس فرانس франц париж
  paris= pariser پاریس باریس
uk britain british britisch britannien grossbritannien britann britanni royaume londres london londra britons
  ingiltere ingiliz بریطان بریتان انگلیس لندن британ лондон großbritannien
it italy italian italien italie italia italiano italya italyan إیطال ایطال итал рим= rome= rom= roma= roma روما رم=
es spain spanish spanien spanisch espagn espan ispanya ispanyol إسبان اسبان اسپان испан мадрид madrid مدرید
nl netherland dutch niederlan niederland niederlaend neerland holland hollanda هولند هلند нидерланд голланд hague
  гааг لاهای
be belgi belcika بلجیک بلژیک бельги
dk denmark danish dane danemark danemark danois danisch dinamarca danes danimarka دنمارک الدنمارک دانمارک дани=
  датск дания копенгаген copenhagen kopenhagen
no norway norweg norwegen norvege noruega norvec النرویج نروژ норвег oslo
se sweden swed schwed suede suecia isvec السوید سوئد швец стокгольм stockholm
fi finland finnish finn finnland finlande finlandia فنلند финлянд финск helsinki
pl poland polish polen polnisch pologne polonais polonia polac polonya بولند لهستان польш польск варшав warsaw
  warschau varsov
pt portugal portug البرتغال برتغال پرتغال португал lisbon lissabon lisboa
gr greece greek griech grece grec= grecia griego yunan یونان الیونان грец греч афин athens athen=
tr turkey turkish turkiy turk turc turquie turquia turke تركيا ترکی турц турец анкар ankara أنقره انقره آنکارا
ca canada canad kanad کندا کاناد канад оттав ottawa
au australia australi avustraly أسترال استرال австрал canberra
nz zealand neuseeland zelande zeland نیوزیلند نیوزلند
jp japan japon الیابان یابان ژاپن япон tokyo tokio tokyo
kr korea korean koree corea kore= کوریا کره= коре seoul
in india indian indien inde= indie hindist الهند هند= индия индий delhi
cn china chinese chines chine= chinois cin= الصین چین= кита beijing peking pekin pékin
ru russia russian russ rusya rusia rusland روسیا روسیه росси русск москв moscow moskau moscou kremlin кремл
ua ukrain أوکران اوکراین украин kyiv kiew kiev
sa saudi saoud saudit suudi السعودیه سعودی عربستان саудов riyadh riad ryad الریاض
ae emirat emirates bae= uae= الإمارات امارات эмират dhabi
qa qatar katar قطر катар doha الدوحه دوحه
kw kuwait koweit kuveyt الکویت کویت кувейт
bh bahrain bahrein bahreyn البحرین بحرین бахрейн manama
om oman omani umman عمان оман muscat maskat mascate maskat مسقط маскат
jo jordan jordan jordanie jordania urdun ürdün الأردن اردن иордан amman
eg egypt agypt egypte egipt misir مصر егип египет cairo kairo caire
sy syria syri syrien suriy سوریا سوریه сири damasc damask دمشق
lb lebanon libanon liban lubnan لبنان ливан beirut beyrouth بیروت бейрут
ye yemen jemen yemen الیمن یمن= یمنی йемен houthi huthi حوثی хусит
pk pakistan paquistan باکستان پاکستان пакистан islamabad
ro romania roman= rumanien roumain rumania romanya رومانیا رومانی румын bucharest bukarest
hu hungar ungarn hongrie hungria macar المجر مجارستان венгр budapest
cz czech tschech tcheque checa cek= التشیک чех prague prag=
sk slovak slowak словак
ee estonia eston estland estonie استونی эстон tallinn
lv latvia latvian lettland letton letonia латви riga= riga
lt lithuan litauen lituan litvany литв vilnius
bg bulgar bulgarie болгар sofia=
hr croat kroat croacia hirvat хорват zagreb
is iceland islandisch islande= reykjavik
ie ireland irish irland irlande irlanda ирланд dublin
ch switzerland swiss schweiz suisse suiza isvicre سویسرا سوئیس швейцар genev genf ginebra ژنو جنیف женев genf bern=
at austria oesterreich osterreich autriche avusturya النمسا اتریش австри wien= vienna vienne
cy cyprus cypriot zypern chypre chipre kibris قبرص кипр nicosia
mt malta malte= malt= مالطا
nato nato nato otan otan الناتو ناتو нато rutte روته рютте
eu eu= ue= brussels brussel bruxelles bruselas bruksel بروکسل брюссел
tm turkmen туркмен
az azerba aserbaid азербайдж
ps gaza gazze غزه газа= hamas
"""

_CITIES = """
basra basra bassora basora البصره بصره بصره баср
mosul mosul mossul mossoul musul الموصل موصل мосул
kirkuk kirkuk kirkouk kerkuk کرکوک киркук
najaf najaf nadschaf nadjaf nedschef necef النجف نجف наджаф неджеф
karbala karbala kerbala kerbela کربلا кербел
erbil erbil arbil أربیل اربیل эрбил
sulaymaniyah sulaymani sulaiman slemani suleymaniye السلیمانیه سلیمانیه сулеймани
diyala diyala dijala دیالی دیالى дияла
baquba baquba baqubah bakuba baakouba بعقوبه بعقوبه баакуб
anbar anbar الأنبار анбар
ramadi ramadi الرمادی رمادی рамади
fallujah falluja fallouja felluce الفلوجه فلوجه фаллудж
nineveh ninev niniv ninawa ninova نینوی نینوى ниневи найнав
sinjar sinjar sindschar sindjar sencar سنجار синджар
tikrit tikrit تکریت тикрит
samarra samarra سامراء سامرا самарр
amarah amara amarah العماره عماره амара
nasiriyah nasiri nassiri الناصریه ناصریه насири
kut kut= kout= الکوت کوت=
hilla hilla hillah الحله حله
babil babil babylon babel بابل бабил
wasit wasit واسط васит
maysan maysan missan میسان мейсан
samawah samawa السماوه سماوه
diwaniyah diwani الدیوانیه دیوانیه
dohuk dohuk duhok dahuk دهوک
zubayr zubair zubayr الزبیر زبیر
ummqasr قصر=
taji taji التاجی تاجی
jurf jurf dschurf جرف=
karrada karrada karada الکراده کراده
sadr sadr= الصدر صدر=
qaim qaim القائم قائم=
khanaqin khanaqin خانقین
balad balad= بلد=
harir harir حریر=
isfahan isfahan ispahan isfahan أصفهان اصفهان исфахан
natanz natanz نطنز натанз
fordow fordo فوردو فردو фордо
bushehr bushehr buschehr bouchehr busehr بوشهر бушер
talafar afar= talafar تلعفر عفر=
abbas bandar بندر= بندرعباس
kharg kharg charg= خارک خارگ харк
shiraz shiraz schiras chiraz شیراز шираз
tabriz tabriz täbris تبریز тебриз
mashhad mashhad maschhad meched مشهد мешхед
ahvaz ahvaz ahwaz أهواز الأهواز اهواز ахваз
fujairah fujair fudschair الفجیره فجیره фуджейр
jask jask= جاسک
dubai dubai دبی дубай
haifa haifa hayfa حیفا хайф
ramstein ramstein رامشتاین
incirlik incirlik إنجرلیک اینجرلیک инджирлик
sigonella sigonella
rota rota= روتا=
moron moron=
aviano aviano
souda souda suda=
akrotiri akrotiri
fairford fairford
lakenheath lakenheath
mildenhall mildenhall
lajes lajes
norfolk norfolk нортфолк
istanbul istanbul إسطنبول اسطنبول استانبول стамбул
aleppo aleppo halab alep= حلب алеппо
bukamal bukamal abukamal البوکمال
tampa tampa
"""


PLACES = Beginnings(c=_NATIONS, p=_CITIES)
"""`c:de` for a nation, `p:basra` for a city."""
